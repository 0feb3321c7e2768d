import 'media-chrome/dist/media-controller.js'
import 'media-chrome/dist/media-control-bar.js'
import 'media-chrome/dist/media-fullscreen-button.js'
import 'media-chrome/dist/media-loading-indicator.js'
import 'media-chrome/dist/media-mute-button.js'
import 'media-chrome/dist/media-pip-button.js'
import 'media-chrome/dist/media-play-button.js'
import 'media-chrome/dist/media-playback-rate-button.js'
import 'media-chrome/dist/media-time-display.js'
import 'media-chrome/dist/media-time-range.js'
import 'media-chrome/dist/media-volume-range.js'
import { En } from 'media-chrome/dist/lang/en.js'
import { addTranslation } from 'media-chrome/dist/utils/i18n.js'

// Names as everywhere in the app: they begin with a capital. And `Play` is in the name of one button alone.
const begun = Object.entries(En).map(([key, words]) => [
  key,
  words.charAt(0).toUpperCase() + words.slice(1),
])
addTranslation('en', {
  ...Object.fromEntries(begun),
  'playback time': 'Time',
  'Playback rate': 'Speed',
  'Playback rate {playbackRate}': 'Speed {playbackRate}x',
  'current playback rate': 'Speed',
})
