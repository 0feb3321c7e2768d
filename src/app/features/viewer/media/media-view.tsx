import './chrome-tags.ts'
import { type RefObject, useEffect, useRef, useState } from 'react'
import { darkStage } from '#app/features/viewer/dark-stage.ts'
import type { KindProps, ViewedFile } from '#app/features/viewer/viewed-file.ts'
import { useViewerKeys } from '#app/features/viewer/viewer-keys.ts'
import { useStoredChoice } from '#app/lib/browser/storage.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { fileKind } from '#contract/file-kind.ts'
import { Cover, posterOf, thumbnailOf } from './cover.tsx'
import { type MediaStep, performStep, readMediaKey } from './media-keys.ts'
import { PlayElsewhere } from './play-elsewhere.tsx'
import { musicOf, nextSong, orders, repeats } from './play-list.ts'
import css from './player.css?inline'
import { PlayerBars } from './player-bars.tsx'
import { Notes } from './player-notes.tsx'
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
  const [soundAlone, setSoundAlone] = useState<ViewedFile | null>(null)
  const list = usePlayList(props)
  const wasPlaying = useRef(!props.wasSteppedTo)
  // A reload, and stepping past, start nothing; what was playing plays on with the next.
  const playback = usePlayback(media, { file, mayPlay: () => wasPlaying.current })
  const hasBars = useAfterFirstFrame(media)
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

  const Media = isAudio ? 'audio' : 'video'
  const player = (
    <media-controller
      ref={controller}
      class="player bg-sunken text-ink"
      style={darkStage}
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
        onError={() => props.onUnreadable(whyNot(media.current), <PlayElsewhere file={file} />)}
        onLoadedMetadata={() => {
          if (!isAudio && media.current?.videoWidth === 0) setSoundAlone(file)
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
      <style href="barkeep-player" precedence="default">
        {css}
      </style>
      {!isAudio && <media-loading-indicator slot="centered-chrome" noautohide />}
      <Notes
        file={file}
        resumed={playback.resumed}
        onStartOver={() => {
          playback.forget()
          perform({ do: 'go', share: 0 })
        }}
        isSoundAlone={soundAlone === file}
        problem={subtitles.problem}
      />
      {isPanelOpen && <SubtitlePanel subtitles={subtitles} />}
      {hasBars && (
        <PlayerBars
          isAudio={isAudio}
          tracks={subtitles.tracks.length}
          isPanelOpen={isPanelOpen}
          onPanel={() => setIsPanelOpen(!isPanelOpen)}
          {...list.bars}
        />
      )}
    </media-controller>
  )
  if (!isAudio) return player
  return (
    <div className="flex h-full flex-col bg-sunken text-ink" style={darkStage}>
      <Cover file={file} poster={poster} />
      {player}
    </div>
  )
}

/** How long what is made beside the film waits for its first frame, in ms. */
const firstFrameMs = 250

/** False until the first frame is there: thirty elements with shadows are made after it, not before. */
function useAfterFirstFrame(media: RefObject<HTMLMediaElement | null>): boolean {
  const [isAfter, setIsAfter] = useState(false)
  useEffect(() => {
    const ending = new AbortController()
    const goOn = () => setIsAfter(true)
    media.current?.addEventListener('loadeddata', () => requestAnimationFrame(goOn), ending)
    const timer = setTimeout(goOn, firstFrameMs)
    return () => {
      ending.abort()
      clearTimeout(timer)
    }
  }, [media])
  return isAfter
}

/** Why it does not play, and what to do. */
function whyNot(player: HTMLMediaElement | null): string {
  return player?.error?.code === MediaError.MEDIA_ERR_NETWORK
    ? 'The connection was lost. Close the viewer and open the file again.'
    : 'This browser cannot play this file, or the server does not give it. Download it, or play it in another program.'
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

function toggleFullscreen(element: HTMLElement | null): void {
  if (document.fullscreenElement) void document.exitFullscreen().catch(() => {})
  else void element?.requestFullscreen?.().catch(() => {})
}

function togglePicture(video: HTMLVideoElement): void {
  if (document.pictureInPictureElement) void document.exitPictureInPicture().catch(() => {})
  else void video.requestPictureInPicture?.().catch(() => {})
}
