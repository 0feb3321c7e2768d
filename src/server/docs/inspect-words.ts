import type { EndpointText } from './endpoint-words.ts'

/** Looking at a link before it is imported. */
export const inspectWords = {
  inspectImport: {
    summary: 'Look at a link',
    about:
      'An addition of Barkeep: `GET /api/server` names it `inspect` in `additions`. Says what a link leads to before anything is imported: a file, a video with its qualities and languages, or a list (a playlist, a channel, a page with several videos) with its entries, 500 a page: go on with `next_offset` while `has_more` is true. The answer is kept for five minutes, so that paging and searching open no source again. One look of a person is under way at a time, and two of all; it ends when whoever asked goes away. What cannot be imported has the kind `none`, and `error` and `error_code` as a failed import.',
    ownStore:
      'Of a list up to 5,000 entries are read, and of a slow one what came in 35 seconds; `is_complete` is false then. An entry goes to `POST /api/v1/import` by its `link`, and where it has `item` with that as `video.item`. In `video`, `folder` puts all files of the video there in place of a folder of its title, and `prefix` stands before their names.',
    curl: [
      '-H "Content-Type: application/json"',
      `-d '{ "url": "https://videos.example/list/7", "search": "harbour" }'`,
      '"{url}"',
    ],
    errors: ['payload_too_large', 'feature_disabled'],
    answer: {
      ...{ status: 'ok', kind: 'list', title: 'Harbour talks' },
      entries: [
        {
          ...{ position: 1, title: 'Harbour at dawn', link: 'https://videos.example/watch/7' },
          ...{ duration: 600, date: '2026-06-01T10:00:00+00:00' },
        },
      ],
      ...{ total: 1, has_dates: true, is_complete: true },
      ...{ limit: 500, next_offset: 1, has_more: false },
    },
  },
} satisfies Record<string, EndpointText>
