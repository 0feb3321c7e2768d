import type { DetailedHTMLProps, HTMLAttributes } from 'react'

type Tag = DetailedHTMLProps<HTMLAttributes<HTMLElement>, HTMLElement> & {
  class?: string
  audio?: boolean
  nohotkeys?: boolean
  novolumepref?: boolean
  nomutedpref?: boolean
  nosubtitleslangpref?: boolean
  noautohide?: boolean
  showduration?: boolean
  notoggle?: boolean
  rates?: string
  slot?: string
  lang?: string
}

type Name =
  | 'controller'
  | 'control-bar'
  | 'fullscreen-button'
  | 'loading-indicator'
  | 'mute-button'
  | 'pip-button'
  | 'play-button'
  | 'playback-rate-button'
  | 'time-display'
  | 'time-range'
  | 'volume-range'

/** Media Chrome's elements, for JSX. */
declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends Record<`media-${Name}`, Tag> {}
  }
}
