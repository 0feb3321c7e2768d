import { Minus, Plus } from 'lucide-react'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { IconButton } from '#app/ui/button.tsx'
import { describeDelay, type Subtitles } from './use-subtitles.ts'

/** Seconds. */
const delayStep = 0.5

/** Which subtitles, and how much later. Within the player, so that it is there in full screen too. */
export function SubtitlePanel({ subtitles }: { subtitles: Subtitles }) {
  const { tracks, chosen, choose, delay, addDelay } = subtitles
  return (
    <section
      aria-label="Subtitles"
      className="scroll-area mr-3 mb-1 flex max-h-[60%] w-64 max-w-[calc(100%-24px)] shrink flex-col gap-2 self-end rounded-xl bg-raised p-3 text-ink shadow-float"
    >
      <fieldset className="flex flex-col">
        <legend className="sr-only">Subtitles</legend>
        {[null, ...tracks.map(({ label }) => label)].map((label) => (
          <label key={label} className="flex items-center gap-2 py-1 touch-target">
            <input
              type="radio"
              name="barkeep-subtitles"
              checked={chosen === label}
              onChange={() => choose(label)}
            />
            <bdi className="min-w-0 break-words">{label === null ? 'Off' : visibleName(label)}</bdi>
          </label>
        ))}
      </fieldset>
      <div className="flex items-center gap-2 border-line border-t pt-2 text-sm">
        <IconButton
          label="Earlier"
          tooltip="Subtitles earlier (G)"
          icon={<Minus />}
          onClick={() => addDelay(-delayStep)}
        />
        <span className="grow text-center">{describeDelay(delay)}</span>
        <IconButton
          label="Later"
          tooltip="Subtitles later (H)"
          icon={<Plus />}
          onClick={() => addDelay(delayStep)}
        />
      </div>
    </section>
  )
}
