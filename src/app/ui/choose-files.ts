/**
 * Opens the system's own chooser; only while a press or key is handled, or soon after. The promise stays
 * open where nothing is chosen: not every browser tells.
 */
export function chooseFiles(chooses: 'file' | 'files' | 'folder'): Promise<File[]> {
  const input = document.createElement('input')
  input.type = 'file'
  input.multiple = chooses === 'files'
  input.webkitdirectory = chooses === 'folder'
  // Safari forgets an input that is in no page.
  input.hidden = true
  document.body.append(input)
  return new Promise((resolve) => {
    input.addEventListener('cancel', () => input.remove())
    input.addEventListener('change', () => {
      input.remove()
      resolve(Array.from(input.files ?? []))
    })
    input.click()
  })
}
