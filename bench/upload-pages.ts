import type { Page } from '@playwright/test'

/** A page to which files are given, and how it says what became of them. */
export type CrowdPage = {
  page: Page
  /** Where it says so. */
  region: string
  /** Files, or one folder. */
  choose(paths: string | string[]): Promise<void>
  /** What its HTML then has. */
  shown(files: number): string
  done(files: number): string
}

type Server = { origin: string; key: string }

const number = new Intl.NumberFormat('en')

/** The app where nobody told it that many files may go in one request. */
export async function openPlainApp(page: Page, server: Server): Promise<CrowdPage> {
  // Not by a route: Chromium would stop each request for it.
  await page.addInitScript(() => {
    const { fetch } = window
    window.fetch = async (input, init) => {
      const answer = await fetch(input, init)
      if (!String(input instanceof Request ? input.url : input).endsWith('/api/server'))
        return answer
      return Response.json({ ...(await answer.json()), additions: [] })
    }
  })
  return openApp(page, server)
}

export async function openApp(page: Page, { origin, key }: Server): Promise<CrowdPage> {
  await page.goto(`${origin}/files/`)
  await page.getByLabel('API key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('grid', { name: 'Files' }).waitFor()
  await page.getByRole('button', { name: 'Show transfers' }).click()
  await page.getByText('No uploads yet').waitFor()
  return {
    page,
    region: '[aria-label="Transfers"][class]',
    async choose(paths) {
      const isFolder = typeof paths === 'string'
      await page.getByRole('button', { name: 'Upload', exact: true }).click()
      const chooser = page.waitForEvent('filechooser')
      await page
        .getByRole('menuitem', { name: isFolder ? 'Upload folder' : 'Upload files' })
        .click()
      await (await chooser).setFiles(paths)
      // Else they wait five seconds for `Undo`; a file alone does not.
      if (paths.length > 1) await page.getByRole('button', { name: 'Send now' }).click()
    },
    // Not the words: some are sent already when the last ones are there.
    shown: (files) => `aria-setsize="${files}"`,
    done: (files) => `${number.format(files)} done`,
  }
}

/** As little as a page can do: three requests at once, a line for each file, and one that counts. */
export async function openBarePage(page: Page, { origin, key }: Server): Promise<CrowdPage> {
  await page.goto(`${origin}/docs/api`)
  await page.setContent('<input type=file multiple><p id=count></p><ol></ol>')
  await page.evaluate((bearer) => {
    const input = document.querySelector('input') as HTMLInputElement
    const count = document.querySelector('#count') as HTMLElement
    const list = document.querySelector('ol') as HTMLElement
    input.addEventListener('change', () => {
      const files = [...(input.files ?? [])]
      list.style.contentVisibility = 'auto'
      list.append(
        ...files.map(({ name }) =>
          Object.assign(document.createElement('li'), { textContent: name }),
        ),
      )
      count.textContent = `${files.length} files`
      let next = 0
      let done = 0
      const send = () => {
        const file = files[next]
        const line = list.children[next]
        next += 1
        if (!file || !line) return
        const request = new XMLHttpRequest()
        const path = file.webkitRelativePath.slice(0, -file.name.length)
        request.open(
          'POST',
          `/api/v1/upload?${new URLSearchParams({ filename: file.name, path: `/${path}` })}`,
        )
        request.setRequestHeader('authorization', `Bearer ${bearer}`)
        request.upload.onprogress = ({ loaded }) => {
          line.textContent = `${file.name} ${loaded}`
        }
        request.onload = () => {
          if (request.status !== 200) throw new Error(request.responseText)
          done += 1
          line.textContent = `${file.name} done`
          count.textContent = `${done} done`
          send()
        }
        request.send(file)
      }
      send()
      send()
      send()
    })
  }, key)
  return {
    page,
    region: '#count',
    async choose(paths) {
      const isFolder = typeof paths === 'string'
      if (isFolder)
        await page.evaluate(() =>
          document.querySelector('input')?.toggleAttribute('webkitdirectory'),
        )
      await page.locator('input').setInputFiles(paths)
    },
    shown: (files) => `${files} files`,
    done: (files) => `${files} done`,
  }
}
