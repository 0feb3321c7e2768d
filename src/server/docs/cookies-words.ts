import type { EndpointText } from './endpoint-words.ts'

const addition = 'An addition of Barkeep: `GET /api/server` names it `cookies` in `additions`.'
const json = '-H "Content-Type: application/json"'

/** Sign-in cookies for imports. */
export const cookiesWords = {
  cookies: {
    summary: 'List the sites with cookies',
    about: `${addition} The sites for which sign-in cookies are kept, with how many and since when. The cookies themselves are told to nobody.`,
    curl: ['"{url}"'],
    errors: [],
    answer: {
      status: 'ok',
      sites: [{ site: 'videos.example', cookies: 3, saved_at: '2026-11-02T08:20:31+00:00' }],
    },
  },
  saveCookies: {
    summary: 'Keep cookies of a site',
    about: `${addition} Takes the text of a cookies.txt (Netscape format) and keeps those of \`site\`, in place of what was kept of it; those of other sites in the text are passed over. Imports of videos from that site are then signed in.`,
    ownStore:
      'They are encrypted with a key that lies beside the database (`cookies-key`), go to that site alone, and are never told, logged or put on a command line.',
    curl: [
      json,
      `-d "$(jq -n --rawfile cookies cookies.txt '{ site: "videos.example", cookies: $cookies }')"`,
      '"{url}"',
    ],
    errors: ['payload_too_large'],
    answer: {
      status: 'ok',
      saved: { site: 'videos.example', cookies: 3, saved_at: '2026-11-02T08:20:31+00:00' },
    },
  },
  deleteCookies: {
    summary: 'Delete the cookies of a site',
    about: `${addition} Imports that begin from now on are not signed in there.`,
    curl: [json, `-d '{ "site": "videos.example" }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: { status: 'ok' },
  },
} satisfies Record<string, EndpointText>
