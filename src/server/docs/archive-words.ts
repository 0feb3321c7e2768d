import type { EndpointText } from './endpoint-words.ts'

/** The addition that makes one zip of many files. */
export const archiveWords = {
  archive: {
    summary: 'Download many files as one zip',
    about:
      'An addition of Barkeep: `GET /api/server` names it `archive` in `additions`. Answers with a link that streams one zip of `items`, whole paths of up to 1,000 files and folders (`/` is everything), and of all files of a folder in `files_of`, but for those in `except`. Folders come with all that is in them, up to 200,000 files and folders in one archive; what is named and not there refuses the whole. The link needs no key and opens until `expires_at`.',
    ownStore:
      'What is in the archive is fixed when its link is made, so its length is known, and a download that broke off goes on by `Range`. It holds the files as they are, without compression, and in zip64 where that is needed. Names that some system cannot take are changed: what Windows refuses becomes `_`, and of names that differ by case alone all but one get a number. Where a file of it is deleted, the link answers 404 and a download under way breaks off; so it does when the key is revoked. An account has 50 such links at once: the oldest give way.',
    curl: ['-H "Content-Type: application/json"', `-d '{ "items": ["/Films/"] }'`, '"{url}"'],
    errors: ['not_found', 'payload_too_large'],
    answer: {
      status: 'ok',
      link: 'ORIGIN/share/zip/5mP0v7uQe1rXyT3kZb9LwA2s/Films.zip',
      name: 'Films.zip',
      size: 734003458,
      files: 1,
      expires_at: '2026-11-02T20:20:31+00:00',
    },
  },
} satisfies Record<string, EndpointText>
