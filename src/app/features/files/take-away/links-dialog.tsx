import { Suspense, useMemo, useState } from 'react'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { saveBlob } from '#app/lib/browser/save-blob.ts'
import { plural } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { RadioGroup } from '#app/ui/choices.tsx'
import { lazyPart } from '#app/ui/lazy-part.tsx'
import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { type LinkFormId, linkForms, type NamedLink } from './link-forms.ts'
import type { Asked } from './take-away.tsx'

const QrCode = lazyPart(async () => (await import('#app/ui/qr-code.tsx')).QrCode)

const options = Object.entries(linkForms).map(([value, { label }]) => ({
  value: value as LinkFormId,
  label,
}))

/** The dialog `Links`: the links of what is selected, in the form that one needs. */
export function LinksDialog({ asked, onClose }: { asked: Asked; onClose: () => void }) {
  const [form, setForm] = useState<LinkFormId>('plain')
  const files = useMemo(() => namedLinks(asked), [asked])
  const [first] = files
  const text = linkForms[form].write(files)
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="Links"
      description={describeLinks(asked, files)}
      size="large"
      footer={
        <>
          {'share' in navigator && (
            <Button onClick={() => void shareLinks(files)} className="mr-auto">
              Share…
            </Button>
          )}
          <Button
            onClick={() =>
              saveBlob(new Blob([`${text}\n`], { type: 'text/plain' }), linkForms[form].fileName)
            }
          >
            Save as file
          </Button>
          <Button tone="primary" onClick={() => void copyAll(text)}>
            Copy
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <RadioGroup label="Form" value={form} onChange={setForm} options={options} />
        <TextField
          label="Text"
          value={text}
          onChange={() => {}}
          readOnly
          spellCheck={false}
          rows={Math.min(8, Math.max(3, files.length + 1))}
          className="whitespace-pre font-mono text-sm"
        />
        {first && files.length === 1 && (
          <Suspense fallback={null}>
            <QrCode link={first.link} />
          </Suspense>
        )}
      </div>
    </Dialog>
  )
}

function namedLinks({ targets }: Asked): NamedLink[] {
  return targets.flatMap((one) =>
    one.kind === 'file' && one.link !== null ? [{ name: one.name, link: one.link }] : [],
  )
}

function describeLinks({ targets }: Asked, files: readonly NamedLink[]): string {
  const [first] = files
  const left = targets.length - files.length
  const words =
    first && files.length === 1
      ? visibleName(first.name)
      : plural(files.length, { one: '# file', other: '# files' })
  return left === 0 ? words : `${words}. Folders have no link of their own and are left out.`
}

async function copyAll(text: string): Promise<void> {
  const worked = await copyText(text)
  announce(worked ? 'Copied' : 'This browser does not allow copying. Save them as a file instead.')
}

/** The system's own way of handing things on. Who changes their mind is told nothing. */
async function shareLinks(files: readonly NamedLink[]): Promise<void> {
  const [first, ...others] = files
  if (!first) return
  const data =
    others.length === 0
      ? { title: first.name, url: first.link }
      : { text: linkForms.plain.write(files) }
  await navigator.share(data).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') return
    announce('Nothing on this device takes links. Copy them instead.')
  })
}
