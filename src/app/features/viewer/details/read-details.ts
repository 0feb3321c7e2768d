import { readRange } from '#app/api/http/read-range.ts'
import { detailsReply, type FileDetails } from '#contract/previews.ts'

/** More than any answer has that is meant for this. */
const mostBytes = 65_536

/** What the server tells of a file. Null where the answer is no such thing. @throws as `readRange` */
export async function readDetails(link: string, signal: AbortSignal): Promise<FileDetails | null> {
  const { bytes } = await readRange(`${link}?details`, { from: 0, length: mostBytes }, signal)
  const parsed = detailsReply.safeParse(JSON.parse(new TextDecoder().decode(bytes)))
  return parsed.success ? parsed.data : null
}
