import { Dialog } from '#app/ui/overlay/dialog.tsx'
import { currentContext } from './action-context.ts'
import { actions } from './registry.ts'
import { shortcutText } from './shortcut-text.ts'

type Shortcut = { label: string; keys: readonly string[] }

/** The keys that move, which are no actions: those of the patterns for grids and trees. */
const moving: Record<string, readonly Shortcut[]> = {
  'In the list': [
    { label: 'Move', keys: shortcutText('ArrowUp ArrowDown') },
    { label: 'Move by a screen', keys: shortcutText('PageUp PageDown') },
    { label: 'Go to the first, to the last', keys: shortcutText('Home End') },
    { label: 'Select on the way', keys: shortcutText('Shift+ArrowUp Shift+ArrowDown') },
    { label: 'Go to a name', keys: ['its first letters'] },
  ],
  'In the folder tree': [
    { label: 'Unfold, fold', keys: shortcutText('ArrowRight ArrowLeft') },
    { label: 'Unfold all beside it', keys: ['*'] },
    { label: 'Open', keys: ['Enter'] },
  ],
}

/** The dialog `Keyboard shortcuts`: made from the registry, so that none is missing in it. */
export function ShortcutsDialog({ onClose }: { onClose: () => void }) {
  const context = currentContext()
  const withKeys = actions.filter(({ shortcut, reach }) => shortcut && !reach.every(isLost))
  const ofActions = Object.groupBy(withKeys, ({ group }) => group)
  const groups: [string, readonly Shortcut[]][] = [
    ...Object.entries(ofActions).map(([group, some]): [string, Shortcut[]] => [
      group,
      some.map(({ label, shortcut }) => ({
        label: label(context),
        keys: shortcutText(shortcut ?? ''),
      })),
    ]),
    ...Object.entries(moving),
  ]
  return (
    <Dialog
      isOpen
      onOpenChange={(isOpen) => isOpen || onClose()}
      title="Keyboard shortcuts"
      size="large"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: without it no key could scroll what does not fit */}
      <div tabIndex={0} className="gap-x-10 pb-3 outline-offset-4 sm:columns-2">
        {groups.map(([group, shortcuts]) => (
          <section key={group} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 font-medium text-muted text-sm">{group}</h3>
            <dl>
              {shortcuts.map(({ label, keys }) => (
                <div key={label} className="flex min-h-8 items-center gap-4">
                  <dt className="grow">{label}</dt>
                  <dd className="flex flex-wrap justify-end gap-1">
                    {keys.map((key) => (
                      <kbd
                        key={key}
                        className="whitespace-nowrap rounded border border-line bg-sunken px-1.5 font-sans text-sm"
                      >
                        {key}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}

const isLost = (reach: string) => reach === 'lost'
