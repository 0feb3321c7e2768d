import { Mime } from 'mime/lite'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'

const types = new Mime(standardTypes, otherTypes)
// What people and browsers call them, where the table's first ending is another.
types.define(
  {
    ...{ 'audio/mpeg': ['mp3'], 'audio/ogg': ['ogg'], 'video/quicktime': ['mov'] },
    ...{ 'image/jpg': ['jpg'], 'image/pjpeg': ['jpg'], 'application/x-gzip': ['gz'] },
    ...{ 'application/x-pdf': ['pdf'], 'text/x-python': ['py'], 'application/x-zip': ['zip'] },
  },
  true,
)

/** Types that servers send when they do not know better. */
const sayingNothing =
  /^(application\/(octet-stream|x-msdownload|download|unknown|x-binary)|.*\/(force-download|x-download|x-unknown))$|^binary\//

/** The ending, dot included, of files of a media type; '' where the type tells none. */
export function endingOfType(contentType: string | undefined): string {
  const [type = ''] = (contentType ?? '').split(';')
  const plain = type.trim().toLowerCase()
  if (sayingNothing.test(plain)) return ''
  const extension = types.getExtension(plain)
  return extension ? `.${extension}` : ''
}

/**
 * The ending of a file name, dot included; '' for a name without one. `1.0` and `2301.12345v2` are
 * numbers with a dot, `a.7z` and `a.3gp` end in something that is known.
 */
export function endingOfName(name: string): string {
  const ending = /[^.](\.[a-z\d_~-]{1,16})$/i.exec(name)?.[1] ?? ''
  const isEnding = /^\.[a-z]/i.test(ending) || types.getType(ending) !== null
  return isEnding ? ending : ''
}
