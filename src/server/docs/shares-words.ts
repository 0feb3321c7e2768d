import type { EndpointText } from './endpoint-words.ts'

const addition = 'An addition of Barkeep: `GET /api/server` names it `shares` in `additions`.'
const sendsJson = '-H "Content-Type: application/json"'

const share = {
  id: 'share_4fZ0tqQ8Yc1mB7Ls',
  ...{ kind: 'upload', name: 'Holiday pictures', state: 'live', path: '/Holidays/', items: 0 },
  ...{ has_password: false, created_at: '2026-11-02T08:15:00+00:00' },
  ...{ expires_at: '2026-12-02T08:15:00+00:00', last_used_at: null },
  ...{ max_bytes: 5368709120, used_bytes: 0, files: 0 },
}

/** Links for people without a key. */
export const sharesWords = {
  createShare: {
    summary: 'Make a link for others',
    about: `${addition} \`read\` shows a folder (\`path\`) or a selection (\`items\`) to whoever has the link; \`upload\` takes files into a folder, up to \`max_bytes\` in all, and shows nothing. The link follows what it shares when that moves or gets another name, and belongs to the account: it stays when the key that made it is revoked. \`link\` is told once. An account has up to 1,000.`,
    curl: [
      sendsJson,
      `-d '{ "kind": "upload", "path": "/Holidays/", "expires_at": "2026-12-02T08:15:00Z", "max_bytes": 5368709120 }'`,
      '"{url}"',
    ],
    errors: ['not_found', 'payload_too_large'],
    answer: { status: 'ok', share, link: 'ORIGIN/ask#4fZ0tqQ8Yc1mB7Ls4fZ0tqQ8Yc1m' },
  },
  shares: {
    summary: 'List the links made for others',
    about: `${addition} The newest first, none of them with its secret. \`gone\` is one whose folder or files are deleted: it works again when they are restored.`,
    curl: ['"{url}"'],
    errors: [],
    answer: { status: 'ok', shares: [share] },
  },
  revokeShares: {
    summary: 'Revoke links made for others',
    about: `${addition} They end at once: what is being sent by them is cut, and nothing of it is kept. Files that came by them stay.`,
    curl: [sendsJson, `-d '{ "ids": ["SHARE_ID"] }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: { status: 'ok', results: [{ id: share.id, status: 'ok' }] },
  },
  openShare: {
    summary: 'Open a link',
    about: `${addition} Takes what stands behind the \`#\` of a link, and its password where it has one, and answers with a key for the \`Authorization\` header; it needs none itself. That key reaches \`/me\` and, by a link that shows, \`/files\`, \`/folders\` and \`/archive\`, where what is shared is \`/\`; by a link that asks for files, \`/upload\` and \`/upload/batch\`, whose answers have no \`link\`. Each link has a window of its own. A wrong password is \`missing_auth\`.`,
    curl: [sendsJson, `-d '{ "secret": "4fZ0tqQ8Yc1mB7Ls4fZ0tqQ8Yc1m" }'`, '"{url}"'],
    errors: ['payload_too_large'],
    answer: { status: 'ok', kind: 'upload', key: 'csb_guest_4fZ0tqQ8Yc1mB7Ls4fZ0tqQ8Yc1m' },
  },
} satisfies Record<string, EndpointText>
