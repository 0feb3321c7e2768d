import { type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import { type Box, fitted, keepInside, type Placing, zoomAt } from './zoom.ts'

type Point = { x: number; y: number }

/**
 * Zooming by wheel, pinch and double press, panning by a drag. Small code of our own on pointer events:
 * the libraries for it bring a gallery of theirs, or keys and focus that the viewer has already.
 */
export function useZoom(area: RefObject<HTMLElement | null>, picture: Box) {
  const [placing, setPlacing] = useState<Placing>(fitted)
  const pointers = useRef(new Map<number, Point>())
  const areaBox = useAreaBox(area)
  const at = (event: { clientX: number; clientY: number }): Point => {
    const box = area.current?.getBoundingClientRect() ?? new DOMRect()
    return { x: event.clientX - box.x - box.width / 2, y: event.clientY - box.y - box.height / 2 }
  }
  const zoom = (factor: number, point?: Point) =>
    setPlacing((now) => zoomAt(now, factor, { ...(point && { point }), picture, area: areaBox }))
  const pan = (x: number, y: number) =>
    setPlacing((now) => keepInside({ ...now, x: now.x + x, y: now.y + y }, picture, areaBox))

  const latest = useRef({ zoom, at })
  useEffect(() => {
    latest.current = { zoom, at }
  })
  // React listens to the wheel passively: the page would be zoomed as well.
  useEffect(() => {
    const ending = new AbortController()
    const onWheel = (event: WheelEvent) => {
      event.preventDefault()
      // A touchpad's pinch comes as small steps with Ctrl.
      const speed = event.ctrlKey ? 0.01 : 0.0015
      const pixels = event.deltaY * (event.deltaMode === 1 ? 33 : 1)
      latest.current.zoom(Math.exp(-pixels * speed), latest.current.at(event))
    }
    area.current?.addEventListener('wheel', onWheel, { passive: false, signal: ending.signal })
    return () => ending.abort()
  }, [area])

  function onPointerMove(event: PointerEvent) {
    const before = pointers.current.get(event.pointerId)
    if (!before) return
    const now = at(event)
    const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1]
    pointers.current.set(event.pointerId, now)
    if (other) {
      const distance = (one: Point) => Math.max(Math.hypot(one.x - other.x, one.y - other.y), 1)
      const middle = { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 }
      zoom(distance(now) / distance(before), middle)
      pan((now.x - before.x) / 2, (now.y - before.y) / 2)
    } else pan(now.x - before.x, now.y - before.y)
  }

  const release = ({ pointerId }: PointerEvent) => void pointers.current.delete(pointerId)
  return {
    placing,
    areaBox,
    zoom,
    pan,
    reset: () => setPlacing((now) => ({ ...fitted, turns: now.turns })),
    turn: (turns: number) => setPlacing((now) => ({ ...fitted, turns: now.turns + turns })),
    startAnew: () => setPlacing(fitted),
    events: {
      onPointerDown(event: PointerEvent<HTMLElement>) {
        if (event.button !== 0 || pointers.current.size > 1) return
        // Captured, so that a drag goes on outside; not of a finger that may yet swipe.
        if (placing.zoom > 1) event.currentTarget.setPointerCapture(event.pointerId)
        pointers.current.set(event.pointerId, at(event))
      },
      onPointerMove,
      onPointerUp: release,
      onPointerCancel: release,
      onPointerLeave: release,
      onDoubleClick: (event: { clientX: number; clientY: number }) =>
        placing.zoom > 1
          ? setPlacing((now) => ({ ...fitted, turns: now.turns }))
          : zoom(2.5, at(event)),
    },
  }
}

function useAreaBox(area: RefObject<HTMLElement | null>): Box {
  const [box, setBox] = useState<Box>({ width: innerWidth, height: innerHeight })
  useEffect(() => {
    const { current } = area
    if (!current) return
    const observer = new ResizeObserver(() =>
      setBox({ width: current.clientWidth, height: current.clientHeight }),
    )
    observer.observe(current)
    return () => observer.disconnect()
  }, [area])
  return box
}
