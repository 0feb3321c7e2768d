import type { Sorting } from '#app/features/files/folder/arrange-entries.ts'
import {
  MenuChoice,
  MenuFrame,
  MenuItem,
  type MenuItemProps,
} from '#app/ui/overlay/menu-surface.tsx'
import type { TriggerElement } from '#app/ui/overlay/triggers.tsx'
import type { View } from './view-toggle.tsx'

export type ListOptionsProps = {
  trigger: TriggerElement
  sorting: Sorting
  onSort: (sorting: Sorting) => void
  view: View
  onViewChange: (view: View) => void
  /** What stands above the choices. */
  items: readonly MenuItemProps[]
}

const orders = [
  { value: 'name up', label: 'Name, A to Z' },
  { value: 'name down', label: 'Name, Z to A' },
  { value: 'size down', label: 'Size, largest first' },
  { value: 'size up', label: 'Size, smallest first' },
  { value: 'uploaded down', label: 'Uploaded, newest first' },
  { value: 'uploaded up', label: 'Uploaded, oldest first' },
] as const

const views = [
  { value: 'list', label: 'Rows' },
  { value: 'tiles', label: 'Tiles' },
] as const

/** The menu `List options`: what the head of the list has where it is wide. */
export function ListOptionsMenu(props: ListOptionsProps) {
  const { column, isDescending } = props.sorting
  return (
    <MenuFrame trigger={props.trigger}>
      {props.items.map((item) => (
        <MenuItem key={item.label} {...item} />
      ))}
      <MenuChoice
        label="Sort by"
        value={`${column} ${isDescending ? 'down' : 'up'}`}
        options={orders}
        onChange={(order) => props.onSort(readOrder(order))}
      />
      <MenuChoice
        label="Show as"
        value={props.view}
        options={views}
        onChange={props.onViewChange}
      />
    </MenuFrame>
  )
}

function readOrder(order: (typeof orders)[number]['value']): Sorting {
  const [column, direction] = order.split(' ') as [Sorting['column'], 'up' | 'down']
  return { column, isDescending: direction === 'down' }
}
