import './player.css'
import './chrome-tags.ts'
import { Music } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { serverDescription } from '#app/api/session/server-description.ts'
import type { KindProps, ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { useViewerKeys } from '#app/features/viewer/viewer-keys.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import { formatDuration } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { Button } from '#app/ui/button.tsx'
import { fileKind } from '#contract/file-kind.ts'
import { type MediaStep, performStep, readMediaKey } from './media-keys.ts'
import { PlayElsewhere } from './play-elsewhere.tsx'
import { musicOf, nextSong, orders, repeats } from './play-list.ts'
import { PlayerBars } from './player-bars.tsx'
import { SubtitlePanel } from './subtitle-panel.tsx'
import { useMediaSession } from './use-media-session.ts'
import { usePlayback } from './use-playback.ts'
import { useSubtitles } from './use-subtitles.ts'

// Its elements come to life when their code is here; the film does not wait for that.
void import('./chrome-elements.ts').catch(() => {})

/** A film or a piece of music. The player stays while one steps from one to another. */
export function MediaView(props: KindProps) {
  const isAudio = fileKind(props.file.name, props.file.size) === 'audio'
  return <Player key={String(isAudio)} {...props} isAudio={isAudio} />
}

function Player(props: KindProps & { isAudio: boolean }) {
  const { file, siblings, isAudio } = props
  const media = useRef<HTMLVideoElement>(null)
  const controller = useRef<HTMLElement>(null)
  const [isPanelOpen, setIsPanelOpen] = useState(false)
  const [note, setNote] = useState<{ file: ViewedFile; words: string } | null>(null)
  const list = usePlayList(props)
  const wasPlaying = useRef(!props.wasSteppedTo && navigator.userActivation?.hasBeenActive === true)
  // A reload, and stepping past, start nothing; what was playing plays on with the next.
  const playback = usePlayback(media, { file, mayPlay: () => wasPlaying.current })
  const subtitles = useSubtitles(media, file, siblings)
  const poster = posterOf(file, siblings)
  useMediaSession(media, {
    name: file.name,
    poster: poster ?? thumbnailOf(file),
    onStep: isAudio ? list.step : props.onStep,
  })
  useViewerKeys((press) => {
    if (press.key === 'Escape') {
      if (isPanelOpen) setIsPanelOpen(false)
      return isPanelOpen
    }
    const step = readMediaKey(press)
    return step !== null && perform(step)
  })

  function perform(step: MediaStep): boolean {
    const { current: player } = media
    if (!player) return false
    if (step.do === 'fullscreen') toggleFullscreen(controller.current)
    else if (step.do === 'picture-in-picture') togglePicture(player)
    else if (step.do === 'subtitles') subtitles.toggle()
    else if (step.do === 'delay') subtitles.addDelay(step.by)
    else performStep(player, step)
    return true
  }

  function handleError() {
    const { error } = media.current ?? {}
    const isLost = error?.code === MediaError.MEDIA_ERR_NETWORK
    props.onUnreadable(
      isLost
        ? 'The connection was lost. Close the viewer and open the file again.'
        : 'This browser cannot play this file, or the server does not give it. Download it, or play it in another program.',
      <PlayElsewhere file={file} />,
    )
  }

  const Media = isAudio ? 'audio' : 'video'
  return (
    <media-controller
      ref={controller}
      class="player bg-sunken text-ink scheme-dark"
      audio={isAudio}
      lang="en"
      nohotkeys
      novolumepref
      nomutedpref
      nosubtitleslangpref
    >
      <Media
        ref={media}
        slot="media"
        src={file.link}
        poster={poster}
        playsInline
        preload="auto"
        aria-label={visibleName(file.name)}
        onPlay={() => {
          wasPlaying.current = true
        }}
        onPause={() => {
          // At its end it plays on.
          if (!media.current?.ended) wasPlaying.current = false
        }}
        onEnded={() => list.playOn(media.current)}
        onError={handleError}
        onLoadedMetadata={() => {
          const isPictureLost = !isAudio && media.current?.videoWidth === 0
          if (isPictureLost) setNote({ file, words: 'This browser plays only the sound of it.' })
        }}
      >
        {subtitles.tracks.map(({ file: { link }, label, language, src }) => (
          <track
            key={`${link} ${src}`}
            kind="subtitles"
            label={label}
            {...(language && { srcLang: language })}
            {...(src && { src })}
          />
        ))}
      </Media>
      {isAudio && <Cover file={file} poster={poster} />}
      {!isAudio && <media-loading-indicator slot="centered-chrome" noautohide />}
      {playback.resumed > 0 && (
        <Note words={`Went on at ${formatDuration(playback.resumed)}.`}>
          <Button
            size="small"
            onClick={() => {
              playback.forget()
              perform({ do: 'go', share: 0 })
            }}
          >
            Start over
          </Button>
        </Note>
      )}
      {note?.file === file && (
        <Note words={note.words}>
          <PlayElsewhere file={file} />
        </Note>
      )}
      {subtitles.problem !== '' && <Note words={subtitles.problem} />}
      {isPanelOpen && <SubtitlePanel subtitles={subtitles} />}
      <PlayerBars
        isAudio={isAudio}
        tracks={subtitles.tracks.length}
        isPanelOpen={isPanelOpen}
        onPanel={() => setIsPanelOpen(!isPanelOpen)}
        {...list.bars}
      />
    </media-controller>
  )
}

/** Which music comes next, as the folder shows it, shuffled, or again. */
function usePlayList({ file, siblings, onShow }: KindProps) {
  const [repeat, setRepeat] = useStoredChoice('barkeep.repeat', repeats)
  const [order, setOrder] = useStoredChoice('barkeep.order', orders)
  const played = useRef<string[]>([])
  useEffect(() => {
    played.current = [...played.current.filter((link) => link !== file.link), file.link]
  }, [file.link])
  const next = () => nextSong(file, siblings, { repeat, order, played: played.current })
  const songs = musicOf(siblings)
  return {
    step(by: 1 | -1) {
      const song = by === 1 ? next() : songs[songs.indexOf(file) - 1]
      if (song) onShow(song)
    },
    /** After the end of `player`'s piece. A film ends with itself. */
    playOn(player: HTMLMediaElement | null) {
      const song = player?.localName === 'audio' ? next() : null
      if (song === file) void player?.play().catch(() => {})
      else if (song) onShow(song)
    },
    bars: {
      repeat,
      order,
      onRepeat: () => setRepeat(repeats[(repeats.indexOf(repeat) + 1) % repeats.length] ?? 'off'),
      onOrder: () => setOrder(order === 'shuffled' ? 'in order' : 'shuffled'),
    },
  }
}

function Cover({ file, poster }: { file: ViewedFile; poster: string | undefined }) {
  const src = poster ?? thumbnailOf(file)
  const [lost, setLost] = useState<string | null>(null)
  return (
    <div
      slot="middle-chrome"
      className="flex min-h-0 grow flex-col items-center justify-center gap-4 p-6"
    >
      {src !== undefined && src !== lost ? (
        <img
          src={src}
          alt=""
          className="max-h-[60vh] min-h-0 max-w-full rounded-lg"
          onError={() => setLost(src)}
        />
      ) : (
        <Music aria-hidden="true" className="size-24 text-faint" />
      )}
      <p className="max-w-full break-words text-center text-lg">
        <bdi>{visibleName(file.name)}</bdi>
      </p>
    </div>
  )
}

function Note({ words, children }: { words: string; children?: React.ReactNode }) {
  return (
    <div className="mb-1 ml-3 flex max-w-[calc(100%-24px)] flex-wrap items-center gap-2 self-start rounded-lg bg-raised px-3 py-1.5 text-ink text-sm shadow-float">
      <p role="status">{words}</p>
      {children}
    </div>
  )
}

/** A picture beside it with the same name, or the cover of an album. */
function posterOf(file: ViewedFile, siblings: readonly ViewedFile[]): string | undefined {
  const stem = file.name.replace(/\.[^.]*$/, '').toLowerCase()
  const isPoster = ({ name }: ViewedFile) => {
    const [, own = '', ending = ''] = /^(.*)\.([^.]*)$/.exec(name.toLowerCase()) ?? []
    if (!/^(jpe?g|png|webp|avif)$/.test(ending)) return false
    return own === stem || /^(cover|folder|poster)$/.test(own)
  }
  return siblings.find(isPoster)?.link
}

function thumbnailOf({ link }: ViewedFile): string | undefined {
  const isOffered = serverDescription.getSnapshot()?.additions.includes('thumbnails')
  return isOffered ? `${link}?thumbnail=large` : undefined
}

function toggleFullscreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {})
  else void element?.requestFullscreen?.().catch(() => {})
}

function togglePicture(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => {})
  else void video.requestPictureInPicture?.().catch(() => {})
}
