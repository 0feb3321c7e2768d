import type { ArrivedFile } from '#app/features/uploads/upload.ts'
import type { ListedFile } from '#contract/files.ts'

/** A file that is in `folder` already, as if it had just arrived. */
export function arrivedFrom({ name, size, link }: ListedFile, folder: string): ArrivedFile {
  return { file_name: name, size, link, folder }
}
