import './chrome-tags.ts'
import { Captions, Repeat, Repeat1, Shuffle } from 'lucide-react'
import { count } from '#app/lib/format.ts'
import { IconButton } from '#app/ui/button.tsx'
import type { Order, Repeat as RepeatMode } from './play-list.ts'

export type PlayerBarsProps = {
  isAudio: boolean
  /** How many subtitles there are; without any there is no button. */
  tracks: number
  isPanelOpen: boolean
  onPanel: () => void
  repeat: RepeatMode
  onRepeat: () => void
  order: Order
  onOrder: () => void
}

const quiet = 'text-ink'

/** The controls at the foot of a player. The sliders have keys of their own, and no swipe steps on them. */
export function PlayerBars(props: PlayerBarsProps) {
  const { isAudio, tracks, repeat, order } = props
  return (
    <div className="player-bars" data-own-swipe="">
      <media-control-bar>
        <media-time-range data-own-keys="" />
      </media-control-bar>
      <media-control-bar>
        <media-play-button />
        <media-mute-button />
        <media-volume-range data-own-keys="" />
        <media-time-display showduration notoggle />
        <span className="grow" />
        {isAudio && (
          <>
            <IconButton
              label="Shuffle"
              icon={<Shuffle />}
              isPressed={order === 'shuffled'}
              onClick={props.onOrder}
              className={quiet}
            />
            <IconButton
              label={repeat === 'off' ? 'Repeat' : `Repeat ${repeat}`}
              icon={repeat === 'one' ? <Repeat1 /> : <Repeat />}
              isPressed={repeat !== 'off'}
              onClick={props.onRepeat}
              className={quiet}
            />
          </>
        )}
        {tracks > 0 && (
          <IconButton
            label="Subtitles"
            tooltip={`Subtitles (C): ${count(tracks, 'file')}`}
            icon={<Captions />}
            aria-expanded={props.isPanelOpen}
            onClick={props.onPanel}
            className={quiet}
          />
        )}
        <media-playback-rate-button rates="0.5 0.75 1 1.25 1.5 2" />
        {!isAudio && (
          <>
            <media-pip-button />
            <media-fullscreen-button />
          </>
        )}
      </media-control-bar>
    </div>
  )
}
