import { type DragEvent, useEffect, useRef, useState } from 'react'
import { hasFiles, isTextField, readText } from './read-transfer.ts'

/** Takes text that is dragged in from outside this page; files are the drop zone's. */
export function useLinkDrop(onText: (text: string) => void) {
  const [isOver, setOver] = useState(false)
  const startedHere = useRef(false)
  useEffect(() => {
    // A link of this very page that is dragged about is nothing to import.
    const watching = new AbortController()
    const listen = (name: string, isStart: boolean) =>
      document.addEventListener(
        name,
        () => {
          startedHere.current = isStart
        },
        watching,
      )
    listen('dragstart', true)
    listen('dragend', false)
    return () => watching.abort()
  }, [])
  const isOurs = ({ dataTransfer, target }: DragEvent) =>
    !startedHere.current && !hasFiles(dataTransfer) && !isTextField(target)
  return {
    isLinkDrag: isOver,
    handlers: {
      onDragOver(event: DragEvent) {
        if (hasFiles(event.dataTransfer)) return
        setOver(isOurs(event))
        // The drop zone would take the drop away from the text field below it.
        if (isOurs(event)) event.preventDefault()
        else event.stopPropagation()
      },
      onDragLeave(event: DragEvent) {
        const { currentTarget, relatedTarget } = event
        if (!(relatedTarget instanceof Node && currentTarget.contains(relatedTarget)))
          setOver(false)
      },
      onDrop(event: DragEvent) {
        if (hasFiles(event.dataTransfer)) return
        setOver(false)
        event.stopPropagation()
        if (!isOurs(event)) return
        event.preventDefault()
        onText(readText(event.dataTransfer))
      },
    },
  }
}
