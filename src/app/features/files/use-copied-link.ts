import { useEffect, useState } from 'react'
import { copyText } from '#app/lib/copy-text.ts'
import { announce } from '#app/ui/announcer.tsx'

const shownMs = 2000

/** Copies links, and tells for two seconds that it worked, to eyes and ears. */
export function useCopiedLink() {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setIsCopied(false), shownMs)
    return () => clearTimeout(timer)
  }, [isCopied])

  async function copy(text: string) {
    const worked = await copyText(text)
    setIsCopied(worked)
    announce(
      worked ? copiedWords(text) : 'This browser does not allow copying. Open the file instead.',
    )
  }
  return { isCopied, copy: (text: string) => void copy(text) }
}

function copiedWords(text: string): string {
  const links = text.split('\n').length
  return links === 1 ? 'Link copied' : `${links} links copied`
}
