import { pathToFileURL } from 'node:url'
import type { Plugin } from 'vite'

type Shape = [tag: string, attributes: Record<string, string | undefined>]

const factory = '\0lean-icon'

/**
 * Builds each of Lucide's icons as one path: as they come, they are up to ten elements each, with keys and
 * names that nothing reads, and with what makes them they are two kilobytes more of the first load.
 */
export function leanIcons(): Plugin {
  return {
    name: 'lean-icons',
    apply: 'build',
    enforce: 'pre',
    resolveId: (id) => (id === factory ? id : null),
    load: (id) => (id === factory ? factoryCode : null),
    async transform(_, id) {
      if (!/lucide-react\/dist\/esm\/icons\/[^/]+\.mjs$/.test(id)) return null
      const { __iconData } = await import(pathToFileURL(id).href)
      const shapes: Shape[] | undefined = __iconData?.node
      const path = shapes && pathOf(shapes)
      if (!path) return null
      return {
        code: `import i from '${factory}';export default /* @__PURE__ */ i('${path}')`,
        map: null,
      }
    },
  }
}

const factoryCode = `import { createElement } from 'react'
export default (d) => (props) =>
  createElement(
    'svg',
    {
      width: 24,
      height: 24,
      viewBox: '0 0 24 24',
      fill: 'none',
      stroke: 'currentColor',
      strokeWidth: 2,
      strokeLinecap: 'round',
      strokeLinejoin: 'round',
      'aria-hidden': true,
      ...props,
    },
    createElement('path', { d }),
  )`

/** All shapes of an icon as one path; null where one cannot be written so, as a filled one. */
export function pathOf(shapes: readonly Shape[]): string | null {
  const paths = shapes.map(([tag, { key: _, ...attributes }]) => {
    const write = writers[tag]
    if (!write || Object.keys(attributes).some((name) => !geometry.includes(name))) return null
    return write((name) => Number(attributes[name] ?? 0), attributes)
  })
  // A first `m` counts from the origin, one that follows another path would not.
  return paths.includes(null) ? null : paths.join('').replace(/^m/, 'M')
}

const geometry = 'd cx cy r x y width height rx ry x1 y1 x2 y2 points'.split(' ')

const writers: Record<string, (at: (name: string) => number, attributes: Shape[1]) => string> = {
  path: (_, { d = '' }) => d.replace(/^m\s*(-?\d*\.?\d+)[\s,]*(-?\d*\.?\d+)/, 'M$1 $2m0 0'),
  line: (at) => `M${at('x1')} ${at('y1')}L${at('x2')} ${at('y2')}`,
  polyline: (_, { points = '' }) => `M${points}`,
  polygon: (_, { points = '' }) => `M${points}z`,
  circle: (at) => ring(at('cx'), at('cy'), at('r'), at('r')),
  ellipse: (at) => ring(at('cx'), at('cy'), at('rx'), at('ry')),
  rect(at) {
    const [x, y, width, height] = [at('x'), at('y'), at('width'), at('height')]
    const r = at('rx') || at('ry')
    const corner = (dx: number, dy: number) => (r === 0 ? '' : `a${r} ${r} 0 0 1 ${dx} ${dy}`)
    const [w, h] = [width - 2 * r, height - 2 * r]
    return `M${x + r} ${y}h${w}${corner(r, r)}v${h}${corner(-r, r)}h${-w}${corner(-r, -r)}v${-h}${corner(r, -r)}z`
  },
}

function ring(cx: number, cy: number, rx: number, ry: number): string {
  return `M${cx - rx} ${cy}a${rx} ${ry} 0 1 0 ${2 * rx} 0a${rx} ${ry} 0 1 0 ${-2 * rx} 0z`
}
