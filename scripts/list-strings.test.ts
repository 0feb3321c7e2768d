import { expect, test } from 'vitest'
import { findStrings } from './list-strings.ts'

const fixture = `import { Button } from './button.tsx'
const missing = 'This part could not be loaded.'
const storedAs = 'barkeep.view'
function Part({ files, isOpen }: { files: number; isOpen: boolean }) {
  announce(isOpen ? 'Opened' : 'Closed')
  if (files > 9) throw new ApiFailure('too_many', 'files has at most nine.')
  return (
    <main aria-label="Files" className="flex min-h-0 Grow items-center.">
      <Button label={files === 1 ? 'One' : \`\${files} of them\`} kind="quiet" onClick={() => go('/a b')}>
        Copy link
      </Button>
      {isOpen && <p title={missing}>·</p>}
      <Row item={{ label: 'Size', column: 'size' }} />
    </main>
  )
}
`

test('what people read is found with its line, and nothing else', () => {
  expect(findStrings('part.tsx', fixture)).toEqual([
    { line: 2, text: 'This part could not be loaded.' },
    { line: 5, text: 'Opened' },
    { line: 5, text: 'Closed' },
    { line: 6, text: 'files has at most nine.' },
    { line: 8, text: 'Files' },
    { line: 9, text: 'One' },
    { line: 9, text: '{files} of them' },
    { line: 10, text: 'Copy link' },
    { line: 13, text: 'Size' },
  ])
})

test('a file that cannot be parsed is an error', () => {
  expect(() => findStrings('part.ts', 'const = 1')).toThrow(/part\.ts/)
})
