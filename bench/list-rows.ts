import { DatabaseSync } from 'node:sqlite'

export type BenchFile = { name: string; size: number }

const kinds = ['jpg', 'mp4', 'txt', 'zip', 'pdf', 'vtt', 'mp3', 'bin']

/** Files as a folder has them, in the order in which the server lists them. */
export function makeFiles(count: number): BenchFile[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `Holiday ${String(index).padStart(6, '0')} by the sea.${kinds[index % kinds.length]}`,
    size: (index * 7919) % 900_000_000,
  }))
}

/** Rows alone: a listing never looks at the bytes. */
export function fillFolder(database: string, userId: string, files: readonly BenchFile[]): void {
  const connection = new DatabaseSync(database)
  connection.exec('pragma synchronous = off; begin')
  const add = connection.prepare(
    `insert into file (id, user_id, folder_id, name, requested_name, folded_name, size, sha256, blob_id, tracking_id, uploaded_at)
     values (?, ?, 1, ?, ?, ?, ?, '', ?, ?, 1750000000000)`,
  )
  for (const [index, { name, size }] of files.entries()) {
    add.run(`id-${index}`, userId, name, name, name, size, `blob-${index}`, `link-${index}`)
  }
  connection
    .prepare(
      'insert into folder (id, user_id, parent_id, name, folded_name) values (?, ?, ?, ?, ?)',
    )
    .run(1, userId, 0, 'many', 'many')
  connection.exec('commit')
  connection.close()
}

/** The same rows with the same columns, all of them in the page, with nothing that can be pressed. */
export function plainList(files: readonly BenchFile[]): string {
  const row = ({ name, size }: BenchFile) =>
    `<li aria-label="${name}"><span>${name}</span><span>${(size / 1e6).toFixed(1)} MB</span><span>15 Jun 2025</span></li>`
  return `${plainPage}<div class="scroll-area"><ul>${files.map(row).join('')}</ul></div>`
}

/** The same again, but only the rows in sight exist, and those that go are used for those that come. */
export function plainVirtualList(files: readonly BenchFile[]): string {
  return `${plainPage}<style>
    ul { position: relative }
    li { position: absolute; inset-inline: 0 }
  </style><div class="scroll-area"><ul></ul></div><script>(${drawInSight})(${JSON.stringify(files)})</script>`
}

const plainPage = `<!doctype html><style>
    body { margin: 0; font: 14px/20px sans-serif }
    .scroll-area { position: absolute; inset: 0; overflow: auto }
    ul { margin: 0; padding: 0; list-style: none }
    li { display: flex; height: 38px; box-sizing: border-box; align-items: center; gap: 8px; padding: 0 12px; border-bottom: 1px solid #ddd }
    span { width: 8rem; overflow: hidden; white-space: nowrap; text-overflow: ellipsis }
    span:first-child { flex: 1 }
  </style>`

/** Runs in the page. */
function drawInSight(files: readonly BenchFile[]): void {
  const height = 38
  const overscan = 6
  const box = document.querySelector('.scroll-area') as HTMLElement
  const list = document.querySelector('ul') as HTMLElement
  list.style.height = `${files.length * height}px`
  let shown = new Map<number, HTMLElement>()
  const make = () => {
    const made = document.createElement('li')
    made.append(...[0, 1, 2].map(() => document.createElement('span')))
    return list.appendChild(made)
  }
  const draw = () => {
    const first = Math.max(0, Math.floor(box.scrollTop / height) - overscan)
    const end = Math.floor((box.scrollTop + innerHeight) / height) + overscan
    const last = Math.min(files.length - 1, end)
    const free = [...shown].filter(([row]) => row < first || row > last).map(([, item]) => item)
    const next = new Map<number, HTMLElement>()
    for (let row = first; row <= last; row += 1) {
      const item = shown.get(row) ?? free.pop() ?? make()
      next.set(row, item)
      const file = files[row]
      if (!file || shown.has(row)) continue
      item.setAttribute('aria-label', file.name)
      item.style.top = `${row * height}px`
      const words = [file.name, `${(file.size / 1e6).toFixed(1)} MB`, '15 Jun 2025']
      for (const [at, word] of words.entries()) (item.children[at] as Element).textContent = word
    }
    for (const item of free) item.remove()
    shown = next
  }
  box.addEventListener('scroll', draw, { passive: true })
  draw()
}
