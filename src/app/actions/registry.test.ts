import { expect, test, vi } from 'vitest'
import type { FolderPath } from '#contract/folder-path.ts'
import type { Target } from './action-context.ts'
import { isShortcut } from './action-keys.ts'
import { actionItem, actionItems, actions, availability } from './registry.ts'
import { shortcutText } from './shortcut-text.ts'

const all = { scopes: ['read', 'upload', 'import'], targets: [] }
const file = (name: string, link: string | null = `http://b.test/share/x/${name}`): Target => ({
  kind: 'file',
  key: name,
  name,
  link,
})
const folder: Target = { kind: 'folder', key: 'f', name: 'Films', path: '/Films/' as FolderPath }

test('every action has a label and an icon, and no two have one shortcut', () => {
  for (const { id, label, icon } of actions) {
    expect(label(all), id).not.toBe('')
    expect(icon, id).toBeTruthy()
  }
  const shortcuts = actions.flatMap(({ shortcut }) => shortcut?.split(' ') ?? [])
  expect(shortcuts).toEqual([...new Set(shortcuts)])
})

test('an action has a shortcut if, and only if, there is somewhere it holds', () => {
  for (const { id, shortcut, reach } of actions) {
    expect(reach.length > 0, id).toBe(shortcut !== null)
  }
})

test('what the screen cannot do has no place', () => {
  expect(actions.filter((action) => availability(action, all) !== false)).toEqual([])
})

test('what the key may not do says which scope it needs', () => {
  const context = { ...all, scopes: ['read'], importLinks: vi.fn() }
  expect(actionItem('import-links', context).unavailableReason).toMatch(/scope “import”/)
  expect(actionItem('import-links', { ...context, ...all }).unavailableReason).toBeUndefined()
})

test('labels say how many files an action is about; folders are left out', () => {
  const targets = [file('a.txt'), file('b.txt'), folder]
  const labels = actionItems(['open', 'copy-link', 'download'], { ...all, targets })
  expect(labels.map(({ label }) => label)).toEqual(['Copy 2 links', 'Download 2 files'])
  const one = actionItems(['open', 'copy-link', 'download'], { ...all, targets: [folder] })
  expect(one.map(({ label }) => label)).toEqual(['Open'])
})

test('links of several files are copied one per line', () => {
  const copyText = vi.fn()
  const targets = [file('a'), file('lost', null), file('b')]
  actionItem('copy-link', { ...all, targets, copyText }).onSelect()
  expect(copyText).toHaveBeenCalledWith('http://b.test/share/x/a\nhttp://b.test/share/x/b')
})

test('a file without a link says why it can be neither opened nor saved', () => {
  for (const id of ['open', 'copy-link', 'download'] as const) {
    const item = actionItem(id, { ...all, targets: [file('a', null)] })
    expect(item.unavailableReason, id).toBe('The server gave no usable link for this file.')
  }
})

test('files that browsers would open instead of saving are downloaded one at a time', () => {
  const foreign = [file('a', 'http://other.test/a'), file('b', 'http://other.test/b')]
  const reason = actionItem('download', { ...all, targets: foreign }).unavailableReason
  expect(reason).toMatch(/one at a time/)
  const [one] = foreign
  expect(actionItem('download', { ...all, targets: one ? [one] : [] }).unavailableReason).toBe(
    undefined,
  )
})

const plain = { altKey: false, ctrlKey: false, metaKey: false, shiftKey: false }

test('a shortcut is that key with the keys that it names, and no command', () => {
  expect(isShortcut('?', { ...plain, key: '?', shiftKey: true })).toBe(true)
  expect(isShortcut('?', { ...plain, key: '?', ctrlKey: true })).toBe(false)
  expect(isShortcut('Space', { ...plain, key: ' ' })).toBe(true)
  expect(isShortcut('Control+A', { ...plain, key: 'a', metaKey: true })).toBe(true)
  expect(isShortcut('Control+A', { ...plain, key: 'A', ctrlKey: true, shiftKey: true })).toBe(false)
  const menu = 'Shift+F10 ContextMenu'
  expect(isShortcut(menu, { ...plain, key: 'F10' })).toBe(false)
  expect(isShortcut(menu, { ...plain, key: 'F10', shiftKey: true })).toBe(true)
  expect(isShortcut(menu, { ...plain, key: 'ContextMenu' })).toBe(true)
  expect(isShortcut('Backspace', { ...plain, key: 'Backspace', altKey: true })).toBe(false)
})

test('shortcuts read as keyboards name their keys', () => {
  expect(shortcutText('Shift+F10 ContextMenu')).toEqual(['Shift + F10', 'Menu'])
  expect(shortcutText('ArrowUp /')).toEqual(['Up', '/'])
})
