/** How a picture lies in its area: enlarged against fitting in, moved from the middle (px), turned right. */
export type Placing = { zoom: number; x: number; y: number; turns: number }
export type Box = { width: number; height: number }
type Point = { x: number; y: number }

export const fitted: Placing = { zoom: 1, x: 0, y: 0, turns: 0 }

/** px of the page for one of the picture, at most. */
const largestPixel = 8

/** The factor by which a picture fits into its area, turned as it is; none is enlarged for that. */
export function fitFactor(picture: Box, area: Box, turns: number): number {
  const { width, height } = turned(picture, turns)
  return Math.min(1, area.width / width, area.height / height)
}

function turned({ width, height }: Box, turns: number): Box {
  return turns % 2 === 0 ? { width, height } : { width: height, height: width }
}

/** Enlarges by `factor` so that what is at `point`, in px from the middle of the area, stays there. */
export function zoomAt(
  placing: Placing,
  factor: number,
  { point = { x: 0, y: 0 }, picture, area }: { point?: Point; picture: Box; area: Box },
): Placing {
  const fit = fitFactor(picture, area, placing.turns)
  const zoom = Math.min(Math.max(placing.zoom * factor, 1), Math.max(largestPixel / fit, 1))
  const by = zoom / placing.zoom
  const x = point.x - (point.x - placing.x) * by
  const y = point.y - (point.y - placing.y) * by
  return keepInside({ ...placing, zoom, x, y }, picture, area)
}

/** No empty stripe at one side while the other is cut off. */
export function keepInside(placing: Placing, picture: Box, area: Box): Placing {
  const scale = fitFactor(picture, area, placing.turns) * placing.zoom
  const { width, height } = turned(picture, placing.turns)
  const x = bound(placing.x, (width * scale - area.width) / 2)
  const y = bound(placing.y, (height * scale - area.height) / 2)
  return { ...placing, x, y }
}

function bound(value: number, most: number): number {
  return most <= 0 ? 0 : Math.min(Math.max(value, -most), most)
}
