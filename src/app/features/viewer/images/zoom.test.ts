import { expect, test } from 'vitest'
import { fitFactor, fitted, keepInside, zoomAt } from './zoom.ts'

const area = { width: 1000, height: 500 }
const picture = { width: 4000, height: 3000 }

test('a picture fits into its area, turned as well, and a small one is not enlarged', () => {
  expect(fitFactor(picture, area, 0)).toBeCloseTo(1 / 6)
  expect(fitFactor(picture, area, 1)).toBeCloseTo(1 / 8)
  expect(fitFactor({ width: 20, height: 10 }, area, 0)).toBe(1)
})

test('what is under the pointer stays there', () => {
  const point = { x: 200, y: -100 }
  const before = zoomAt(fitted, 4, { picture, area })
  const after = zoomAt(before, 2, { point, picture, area })
  const at = ({ x, y, zoom }: typeof after) => [(point.x - x) / zoom, (point.y - y) / zoom]
  expect(after.zoom).toBe(8)
  expect(at(after)[0]).toBeCloseTo(at(before)[0] ?? 0)
  expect(at(after)[1]).toBeCloseTo(at(before)[1] ?? 0)
})

test('it is never smaller than it fits, nor are its pixels larger than eight', () => {
  expect(zoomAt(fitted, 0.1, { picture, area }).zoom).toBe(1)
  expect(zoomAt(fitted, 1000, { picture, area }).zoom).toBeCloseTo(48)
})

test('it is moved no farther than its edges, and stays in the middle where it fits', () => {
  expect(keepInside({ ...fitted, x: 50, y: 50 }, picture, area)).toMatchObject({ x: 0, y: 0 })
  const far = keepInside({ ...fitted, zoom: 3, x: 9999, y: -9999 }, picture, area)
  expect(far).toMatchObject({ x: 500, y: -500 })
})
