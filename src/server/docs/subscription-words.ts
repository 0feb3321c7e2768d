import type { EndpointText } from './endpoint-words.ts'

const addition =
  'An addition of Barkeep: `GET /api/server` names it `subscriptions` in `additions`.'
const sendsJson = '-H "Content-Type: application/json"'

const subscription = {
  ...{ id: 'sub_4fZ0tqQ8Yc1mB7Ls', url: 'https://videos.example/list/7', title: 'Harbour talks' },
  ...{ folder: '/Harbour talks/', quality: '720', subtitles: true, thumbnail: false },
  ...{ every_hours: 24, keep: 20, state: 'on', created_at: '2026-11-02T08:15:00+00:00' },
  ...{ last_look: '2026-11-03T08:15:00+00:00', next_look: '2026-11-04T08:15:00+00:00' },
  ...{ is_looking: false, imported: 12 },
}
const byId = { curl: [sendsJson, `-d '{ "id": "SUBSCRIPTION_ID" }'`, '"{url}"'] }

/** Lists that are kept in step. */
export const subscriptionWords = {
  createSubscription: {
    summary: 'Keep a list in step',
    about: `${addition} A playlist, channel or page with several videos is looked at at once and then every \`every_hours\` (1 to 168), and each entry that is new there becomes an import into \`folder\`. With \`only_new\` what the list holds at the first look is left. An entry is taken once, whatever becomes of its files; of one look come up to 50. With \`keep\`, an addition named \`subscription_keep\`, only so many of its newest videos stay: when an import of the list ends, the files of older ones go to the trash, and of a look no more than that are fetched. That takes the scope \`manage\` and touches only files that its imports made, as long as nobody has moved, renamed or replaced them. An account has up to 100, each link once.`,
    ownStore:
      'Imports and looks are those of the key that asked for it: when that is revoked, or its account loses access, the subscription stops. `keep` is refused with `conflict` while the trash is off; where it is turned off later, all stay, and `keep_problem` says so. A look that fails is tried again in 15 minutes, then after twice that, up to a day.',
    curl: [
      sendsJson,
      `-d '{ "url": "https://videos.example/list/7", "folder": "/Harbour talks/", "quality": "720" }'`,
      '"{url}"',
    ],
    errors: ['conflict', 'payload_too_large'],
    answer: { status: 'ok', subscription },
  },
  subscriptions: {
    summary: 'List what is kept in step',
    about: `${addition} \`error\` is why the last look failed, in the words of imports.`,
    curl: ['"{url}"'],
    errors: [],
    answer: { status: 'ok', subscriptions: [subscription] },
  },
  changeSubscription: {
    summary: 'Change, pause or resume a subscription',
    about: `${addition} Only what is sent is changed. A smaller \`keep\` counts at once; \`null\` keeps all. \`paused\` ends a look that is under way; \`on\` looks soon, and goes on with the key that asks.`,
    curl: [sendsJson, `-d '{ "id": "SUBSCRIPTION_ID", "state": "paused" }'`, '"{url}"'],
    errors: ['not_found', 'conflict', 'payload_too_large'],
    answer: { status: 'ok', subscription: { ...subscription, state: 'paused', next_look: null } },
  },
  lookSubscription: {
    summary: 'Look at a subscription now',
    about: `${addition} Answers once the look has begun; one that is under way goes on.`,
    ...byId,
    errors: ['not_found', 'conflict', 'payload_too_large'],
    answer: { status: 'ok', subscription: { ...subscription, is_looking: true } },
  },
  deleteSubscription: {
    summary: 'End a subscription',
    about: `${addition} What was imported stays, and so do imports that are under way. Answers with what it was.`,
    ...byId,
    errors: ['not_found', 'payload_too_large'],
    answer: { status: 'ok', subscription },
  },
} satisfies Record<string, EndpointText>
