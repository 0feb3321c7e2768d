import { decodeExtended, parse } from 'content-disposition'
import { type FileName, parseFileName } from '#contract/file-name.ts'
import { type FolderPath, parseNewFolderPath } from '#contract/folder-path.ts'
import { ApiFailure } from '#server/core/failure.ts'
import type { PartHead } from './read-form.ts'

export type PartPlace = { folder: FolderPath; name: FileName }

/** A cut head may have lost what counts. */
const maxHeadLength = 8 * 1024

/** Where the file of a part goes, below `folder`. @throws ApiFailure `invalid_request` that says what is wrong */
export function readPartPlace(head: PartHead | null, folder: FolderPath): PartPlace {
  if (head === null) throw refusal('The head of this part does not end.')
  const length = Object.entries(head).reduce(
    (sum, [name, values]) => sum + name.length + values.join().length,
    0,
  )
  if (length > maxHeadLength) {
    throw refusal(`The head of this part has more than ${maxHeadLength} bytes.`)
  }
  const [coding = 'binary'] = head['content-transfer-encoding'] ?? []
  if (!/^(binary|7bit|8bit)\s*$/i.test(coding)) {
    throw refusal('Send the bytes of a file as they are, without Content-Transfer-Encoding.')
  }
  const path = readFilename(head['content-disposition'] ?? [])
  const slash = path.lastIndexOf('/') + 1
  const name = parseFileName(path.slice(slash))
  if (!name.ok) throw refusal(name.rule)
  // An outer slash would be nothing to a folder; here it would be a path from somewhere else.
  const below = path.startsWith('/') ? `/${path.slice(0, slash)}` : path.slice(0, slash)
  const place = parseNewFolderPath(folder + below)
  if (!place.ok) throw refusal(place.rule)
  return { folder: place.value, name: name.value }
}

function readFilename(headers: readonly string[]): string {
  const [header] = headers
  if (header === undefined) throw refusal('This part has no Content-Disposition, so no name.')
  if (headers.length > 1) throw refusal('This part has more than one Content-Disposition.')
  const { type, parameters } = parse(header, { multipart: true, extended: false })
  if (type !== 'form-data') throw refusal('The Content-Disposition of a part must be form-data.')
  const extended = parameters['filename*'] ?? joinPieces(parameters)
  if (extended !== null) {
    const name = decodeExtended(extended)
    if (name === undefined)
      throw refusal("The filename* of this part is not UTF-8''… as it should.")
    return name
  }
  const { filename } = parameters
  if (filename === undefined) {
    throw refusal('This part is no file: its Content-Disposition has no filename.')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      Buffer.from(filename, 'latin1'),
    )
  } catch {
    throw refusal('The filename of this part is not valid UTF-8.')
  }
}

/** A long name in pieces (RFC 2231): `filename*0*=UTF-8''Ro; filename*1=me.jpg`. */
function joinPieces(parameters: Record<string, string>): string | null {
  if (parameters['filename*0*'] === undefined && parameters['filename*0'] === undefined) return null
  let joined = parameters['filename*0*'] === undefined ? "UTF-8''" : ''
  for (let number = 0; ; number += 1) {
    const encoded = parameters[`filename*${number}*`]
    const plain = parameters[`filename*${number}`]
    if (encoded === undefined && plain === undefined) return joined
    joined += encoded ?? plain?.replaceAll('%', '%25')
  }
}

function refusal(message: string): ApiFailure {
  return new ApiFailure('invalid_request', message)
}
