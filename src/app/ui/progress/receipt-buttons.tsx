import { ChevronDown } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { copyText } from '#app/lib/browser/copy-text.ts'
import { saveBlob } from '#app/lib/browser/save-blob.ts'
import { count, formatNumber } from '#app/lib/format.ts'
import {
  completeReceipt,
  type ReadDetails,
  type ReceiptEntry,
  type ReceiptForm,
  writeReceipt,
} from '#app/lib/transfers/receipt.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Menu } from '#app/ui/overlay/triggers.tsx'
import { Action } from './transfer-summary.tsx'

export type ReceiptButtonsProps = {
  /** `uploads` */
  noun: string
  /** All that arrived. */
  entries: () => ReceiptEntry[]
  /** False for guests, who get none. */
  hasLinks: boolean
  /** Null where the server tells nothing of files. */
  findReader: () => Promise<ReadDetails | null>
}

/** What a finished batch is good for: its list as a file, and its links. */
export function ReceiptButtons({ noun, entries, hasLinks, findReader }: ReceiptButtonsProps) {
  const [asked, setAsked] = useState<{ asked: number; all: number } | null>(null)
  const isGone = useRef(false)
  useEffect(() => {
    isGone.current = false
    return () => {
      isGone.current = true
    }
  }, [])

  const handleExport = async (form: ReceiptForm) => {
    const list = entries()
    setAsked({ asked: 0, all: list.length })
    try {
      const read = await findReader()
      const onProgress = (done: number) => setAsked({ asked: done, all: list.length })
      const complete = read ? await completeReceipt(list, read, onProgress) : list
      // Who closed the list meanwhile wants no file.
      if (!isGone.current) saveBlob(await writeReceipt(complete, form), fileName(noun, form))
    } catch {
      announce('The list could not be written. Check the connection and try again.')
    }
    setAsked(null)
  }
  const handleCopy = async () => {
    const links = entries().flatMap(({ link }) => link ?? [])
    const isCopied = await copyText(links.join('\n'))
    announce(
      isCopied ? `${count(links.length, 'link')} copied` : 'The browser did not let us copy.',
    )
  }
  if (asked !== null) {
    return (
      <Button tone="quiet" size="small" isPending>
        Checksums: {formatNumber(asked.asked)} of {formatNumber(asked.all)}
      </Button>
    )
  }
  return (
    <>
      <Menu
        trigger={
          <Button tone="quiet" size="small">
            Export list
            <ChevronDown />
          </Button>
        }
        items={[
          { label: 'CSV, for spreadsheets', onSelect: () => void handleExport('csv') },
          { label: 'JSON, for programs', onSelect: () => void handleExport('json') },
        ]}
      />
      {hasLinks && <Action name="Copy all links" onClick={() => void handleCopy()} />}
    </>
  )
}

/** `uploads 2026-11-29.csv` */
function fileName(noun: string, form: ReceiptForm): string {
  return `${noun} ${new Date().toLocaleDateString('sv')}.${form}`
}
