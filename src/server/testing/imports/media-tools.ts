import { findMediaTools, type LookForTools } from '#server/imports/programs/media-tools.ts'

/**
 * No site of the tests is one that yt-dlp knows by its name, but it tries the patterns of all 1,800
 * first: three quarters of what it does here.
 */
export const withoutNamedSites = ['--ies', 'generic,html5']

let found: ReturnType<LookForTools> | undefined

/** The real programs, looked for once a process; those that a test puts in their place as they are. */
export const findTestTools: LookForTools = async (asked) => {
  if (asked.ytDlp !== null || asked.ffmpeg !== null) return await findMediaTools(asked)
  found ??= findMediaTools(asked)
  const tools = await found
  return 'problem' in tools ? tools : { ...tools, ytDlp: [...tools.ytDlp, ...withoutNamedSites] }
}
