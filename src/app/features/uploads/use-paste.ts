import { useEffect, useEffectEvent } from 'react'
import { isTextField, readText } from './read-transfer.ts'

type PasteTaker = { onFiles: (files: File[]) => void; onText: (text: string) => void }

/** Hands over what is pasted anywhere but into a text field or a dialog. */
export function usePaste({ onFiles, onText }: PasteTaker): void {
  const handlePaste = useEffectEvent((event: ClipboardEvent) => {
    const transfer = event.clipboardData
    if (!transfer || isTextField(event.target) || isDialogOpen()) return
    const files = Array.from(transfer.files)
    if (files.length > 0) onFiles(files)
    else onText(readText(transfer))
  })
  useEffect(() => {
    const listen = (event: ClipboardEvent) => handlePaste(event)
    document.addEventListener('paste', listen)
    return () => document.removeEventListener('paste', listen)
  }, [])
}

/** A paste beside the fields of an open dialog is meant for the dialog. */
function isDialogOpen(): boolean {
  return document.querySelector('[role="dialog"]') !== null
}
