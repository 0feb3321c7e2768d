import { useEffect, useEffectEvent } from 'react'
import { isTextField } from './hold-transfer.ts'

/** Hands over what is pasted anywhere, but for text that is pasted into a text field. */
export function usePaste(onPaste: (transfer: DataTransfer) => void): void {
  const handlePaste = useEffectEvent((event: ClipboardEvent) => {
    const transfer = event.clipboardData
    if (!transfer || event.defaultPrevented) return
    if (isTextField(event.target) && transfer.types.includes('text/plain')) return
    // What this opens may take the focus at once, and the browser would paste into its field as well.
    event.preventDefault()
    onPaste(transfer)
  })
  useEffect(() => {
    const listen = (event: ClipboardEvent) => handlePaste(event)
    document.addEventListener('paste', listen)
    return () => document.removeEventListener('paste', listen)
  }, [])
}
