import * as z from 'zod/mini'
import { meReply, serverReply } from './account.ts'
import {
  createApiKeyBody,
  createApiKeyReply,
  listApiKeysReply,
  revokeApiKeyBody,
  revokeApiKeyReply,
} from './api-keys.ts'
import { archiveBody, archiveReply } from './archive.ts'
import { cookiesReply, deleteCookiesBody, saveCookiesBody, saveCookiesReply } from './cookies.ts'
import type { Endpoint } from './endpoint.ts'
import { filesQuery, filesReply, foldersReply } from './files.ts'
import { inspectBody, inspectReply } from './import-inspect.ts'
import {
  importBody,
  importCancelBody,
  importCancelReply,
  importReply,
  importStatusQuery,
  importStatusReply,
  importsCancelBody,
  importsCancelReply,
  importsQuery,
  importsReply,
} from './imports.ts'
import {
  createFolderBody,
  createFolderReply,
  deleteBody,
  itemsReply,
  placeBody,
  renameBody,
  renameReply,
  trashBody,
  trashQuery,
  trashReply,
} from './manage.ts'
import { resumablePath } from './resumable.ts'
import { searchQuery, searchReply } from './search.ts'
import {
  createShareBody,
  createShareReply,
  openShareBody,
  openShareReply,
  revokeSharesBody,
  revokeSharesReply,
  sharesReply,
} from './shares.ts'
import {
  changeSubscriptionBody,
  createSubscriptionBody,
  subscriptionBody,
  subscriptionReply,
  subscriptionsReply,
} from './subscriptions.ts'
import { uploadBatchQuery, uploadBatchReply, uploadQuery, uploadReply } from './uploads.ts'

const nothing = z.object({})
const key = { access: 'key', query: nothing, body: null } as const
const managing = { ...key, scope: 'manage', isAddition: true } as const
const resumable = { ...key, scope: 'upload', reply: nothing, isAddition: true } as const
const importing = { ...key, scope: 'import', isAddition: true } as const
const subscribing = { ...importing, method: 'POST', reply: subscriptionReply } as const
const signingIn = { ...importing, path: '/api/v1/import/cookies' } as const
const lists = '/api/v1/subscriptions'
const session = { access: 'session', scope: null, query: nothing, body: null } as const

/** Every endpoint there is. The server routes, the app calls and OpenAPI is made from these rows. */
export const endpoints = {
  me: { ...key, method: 'GET', path: '/api/v1/me', scope: null, reply: meReply },
  upload: {
    ...key,
    method: 'POST',
    path: '/api/v1/upload',
    scope: 'upload',
    query: uploadQuery,
    body: 'bytes',
    reply: uploadReply,
  },
  uploadBatch: {
    ...key,
    method: 'POST',
    path: '/api/v1/upload/batch',
    scope: 'upload',
    query: uploadBatchQuery,
    body: 'form',
    reply: uploadBatchReply,
    isAddition: true,
  },
  beginUpload: {
    ...resumable,
    method: 'POST',
    path: resumablePath,
    body: 'bytes',
    success: 201,
  },
  uploadOffset: { ...resumable, method: 'HEAD', path: `${resumablePath}/:id`, success: 200 },
  continueUpload: {
    ...resumable,
    method: 'PATCH',
    path: `${resumablePath}/:id`,
    body: 'bytes',
    success: 204,
  },
  endUpload: { ...resumable, method: 'DELETE', path: `${resumablePath}/:id`, success: 204 },
  startImport: {
    ...key,
    method: 'POST',
    path: '/api/v1/import',
    scope: 'import',
    body: importBody,
    reply: importReply,
  },
  importStatus: {
    ...key,
    method: 'GET',
    path: '/api/v1/import/status',
    scope: 'import',
    query: importStatusQuery,
    reply: importStatusReply,
  },
  cancelImport: {
    ...key,
    method: 'POST',
    path: '/api/v1/import/cancel',
    scope: 'import',
    body: importCancelBody,
    reply: importCancelReply,
  },
  inspectImport: {
    ...importing,
    method: 'POST',
    path: '/api/v1/import/inspect',
    body: inspectBody,
    reply: inspectReply,
  },
  cookies: { ...signingIn, method: 'GET', reply: cookiesReply },
  saveCookies: { ...signingIn, method: 'POST', body: saveCookiesBody, reply: saveCookiesReply },
  deleteCookies: {
    ...importing,
    method: 'POST',
    path: '/api/v1/import/cookies/delete',
    body: deleteCookiesBody,
    reply: importCancelReply,
  },
  imports: {
    ...importing,
    method: 'GET',
    path: '/api/v1/imports',
    query: importsQuery,
    reply: importsReply,
  },
  cancelImports: {
    ...importing,
    method: 'POST',
    path: '/api/v1/imports/cancel',
    body: importsCancelBody,
    reply: importsCancelReply,
  },
  subscriptions: { ...importing, method: 'GET', path: lists, reply: subscriptionsReply },
  createSubscription: { ...subscribing, path: `${lists}/create`, body: createSubscriptionBody },
  changeSubscription: { ...subscribing, path: `${lists}/change`, body: changeSubscriptionBody },
  lookSubscription: { ...subscribing, path: `${lists}/look`, body: subscriptionBody },
  deleteSubscription: { ...subscribing, path: `${lists}/delete`, body: subscriptionBody },
  files: {
    ...key,
    method: 'GET',
    path: '/api/v1/files',
    scope: 'read',
    query: filesQuery,
    reply: filesReply,
  },
  folders: { ...key, method: 'GET', path: '/api/v1/folders', scope: 'read', reply: foldersReply },
  search: {
    ...key,
    method: 'GET',
    path: '/api/v1/search',
    scope: 'read',
    query: searchQuery,
    reply: searchReply,
    isAddition: true,
  },
  archive: {
    ...key,
    method: 'POST',
    path: '/api/v1/archive',
    scope: 'read',
    body: archiveBody,
    reply: archiveReply,
    isAddition: true,
  },
  rename: {
    ...managing,
    method: 'POST',
    path: '/api/v1/files/rename',
    body: renameBody,
    reply: renameReply,
  },
  move: {
    ...managing,
    method: 'POST',
    path: '/api/v1/files/move',
    body: placeBody,
    reply: itemsReply,
  },
  copy: {
    ...managing,
    method: 'POST',
    path: '/api/v1/files/copy',
    body: placeBody,
    reply: itemsReply,
  },
  delete: {
    ...managing,
    method: 'POST',
    path: '/api/v1/files/delete',
    body: deleteBody,
    reply: itemsReply,
  },
  createFolder: {
    ...managing,
    method: 'POST',
    path: '/api/v1/folders/create',
    body: createFolderBody,
    reply: createFolderReply,
  },
  trash: {
    ...managing,
    method: 'GET',
    path: '/api/v1/trash',
    query: trashQuery,
    reply: trashReply,
  },
  restore: {
    ...managing,
    method: 'POST',
    path: '/api/v1/trash/restore',
    body: trashBody,
    reply: itemsReply,
  },
  deleteForEver: {
    ...managing,
    method: 'POST',
    path: '/api/v1/trash/delete',
    body: trashBody,
    reply: itemsReply,
  },
  shares: { ...managing, method: 'GET', path: '/api/v1/shares', reply: sharesReply },
  createShare: {
    ...managing,
    method: 'POST',
    path: '/api/v1/shares/create',
    body: createShareBody,
    reply: createShareReply,
  },
  revokeShares: {
    ...managing,
    method: 'POST',
    path: '/api/v1/shares/revoke',
    body: revokeSharesBody,
    reply: revokeSharesReply,
  },
  openShare: {
    method: 'POST',
    // Below /api/v1, so that a gateway passes it on.
    path: '/api/v1/shares/open',
    access: 'open',
    scope: null,
    query: nothing,
    body: openShareBody,
    reply: openShareReply,
    isAddition: true,
  },
  listKeys: { ...session, method: 'GET', path: '/api/keys', reply: listApiKeysReply },
  createKey: {
    ...session,
    method: 'POST',
    path: '/api/keys',
    body: createApiKeyBody,
    reply: createApiKeyReply,
  },
  revokeKey: {
    ...session,
    method: 'POST',
    path: '/api/keys/revoke',
    body: revokeApiKeyBody,
    reply: revokeApiKeyReply,
  },
  server: {
    method: 'GET',
    path: '/api/server',
    access: 'open',
    scope: null,
    query: nothing,
    body: null,
    reply: serverReply,
  },
} as const satisfies Record<string, Endpoint>
