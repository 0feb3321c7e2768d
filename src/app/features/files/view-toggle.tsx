import { LayoutGrid, List } from 'lucide-react'
import { IconButton } from '#app/ui/button.tsx'

export const views = ['list', 'tiles'] as const
export type View = (typeof views)[number]

/** ▤ ▦: rows with columns, or tiles. */
export function ViewToggle({ view, onChange }: { view: View; onChange: (view: View) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <fieldset> is for forms
    <div role="group" aria-label="View" className="flex shrink-0 items-center">
      <IconButton
        label="List"
        icon={<List />}
        isPressed={view === 'list'}
        onClick={() => onChange('list')}
      />
      <IconButton
        label="Tiles"
        icon={<LayoutGrid />}
        isPressed={view === 'tiles'}
        onClick={() => onChange('tiles')}
      />
    </div>
  )
}
