import { useEffect, useState } from 'react'

const narrowestTile = 148

/** How many tiles fit side by side in the element; 1 while tiles are not shown. */
export function useTileColumns(element: HTMLElement | null, isTiles: boolean): number {
  const [columns, setColumns] = useState(4)
  useEffect(() => {
    if (!isTiles || !element) return
    const observer = new ResizeObserver(() => {
      setColumns(Math.max(1, Math.floor(element.clientWidth / narrowestTile)))
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [element, isTiles])
  return isTiles ? columns : 1
}
