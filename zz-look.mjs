import { chromium } from '@playwright/test'
import { readFileSync } from 'node:fs'
const key = /csb_live_\w+/.exec(readFileSync('/tmp/papers/data/first-sign-in.txt','utf8'))[0]
const names = process.argv[2].split(',')
const sizes = { d:[1440,900], t:[820,1180], m:[390,844] }
const wanted = (process.argv[3] ?? 'd').split(',')
const browser = await chromium.launch({ executablePath:'/usr/bin/chromium', headless: true, args:['--no-sandbox','--disable-background-networking','--disable-component-update','--disable-sync','--no-first-run'] })
for (const w of wanted) {
  const [size, scheme='light'] = w.split('-')
  const page = await browser.newPage({ viewport:{width:sizes[size][0],height:sizes[size][1]}, colorScheme: scheme })
  page.on('console', m => m.type()==='error' && console.log('console', m.text().slice(0,200)))
  page.on('pageerror', e => console.log('pageerror', e.message.slice(0,300)))
  await page.goto('http://127.0.0.1:4733/')
  await page.getByLabel('API key', { exact: true }).fill(key)
  await page.getByRole('button', { name: 'Connect' }).click()
  await page.getByRole('grid', { name: 'Files' }).waitFor()
  for (const name of names) {
    const url = new URL(page.url()); 
    const t = Date.now()
    await page.evaluate(n => { history.pushState(null,'', '?view='+encodeURIComponent(n)); dispatchEvent(new PopStateEvent('popstate')) }, name)
    await page.getByRole('dialog').waitFor({timeout:5000}).catch(()=>console.log('no dialog'))
    await page.waitForTimeout(1200)
    const long = await page.evaluate(() => new Promise(r => { const t=performance.now(); requestAnimationFrame(()=>requestAnimationFrame(()=>r(performance.now()-t))) }))
    console.log(w, name, Date.now()-t, 'frame', Math.round(long), 'stolen', await page.evaluate(()=>window.stolen), 'pdf', await page.evaluate(()=>navigator.pdfViewerEnabled))
    await page.screenshot({ path:`/tmp/papers/shots/${name.replace(/\W/g,'_')}-${w}.png` })
    await page.keyboard.press('Escape')
    await page.waitForTimeout(200)
  }
  await page.close()
}
await browser.close()
