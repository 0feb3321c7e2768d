import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Cookie } from 'lucide-react'
import { useState } from 'react'
import type { ApiClient } from '#app/api/http/client.ts'
import { errorText } from '#app/api/http/error-text.ts'
import { count, formatExactTime, relativeTime } from '#app/lib/format.ts'
import { visibleName } from '#app/lib/untrusted-text.ts'
import { announce } from '#app/ui/announcer.tsx'
import { Button } from '#app/ui/button.tsx'
import { Alert, EmptyState } from '#app/ui/empty-state.tsx'
import { Skeleton } from '#app/ui/skeleton.tsx'
import { TextField } from '#app/ui/text-field.tsx'
import { tooltipProps } from '#app/ui/tooltip.ts'
import type { CookieSite } from '#contract/cookies.ts'
import { endpoints } from '#contract/endpoints.ts'

type SitesPanelProps = {
  client: ApiClient
  /** Whose sites these are. */
  keyId: string
}

const asked = { lane: 'person', purpose: 'account' } as const

/** The section `Signed-in sites`: cookies for imports of videos, which go in and are never shown. */
export function SitesPanel({ client, keyId }: SitesPanelProps) {
  const queryKey = [keyId, 'cookies']
  const cache = useQueryClient()
  const [error, setError] = useState<unknown>(null)
  const listed = useQuery({
    queryKey,
    queryFn: ({ signal }) => client.call(endpoints.cookies, { ...asked, signal }),
    staleTime: 0,
  })
  const show = () => cache.invalidateQueries({ queryKey })
  const sites = listed.data?.sites
  const shown = error ?? (sites ? null : listed.error)

  async function remove({ site }: CookieSite) {
    try {
      await client.call(endpoints.deleteCookies, { ...asked, body: { site } })
      setError(null)
      announce(`The cookies of ${visibleName(site)} are deleted.`)
    } catch (refusal) {
      setError(refusal)
    }
    await show()
  }

  return (
    <section aria-label="Signed-in sites" className="flex flex-col gap-3 border-line border-t pt-6">
      <h2 className="font-semibold text-lg">Signed-in sites</h2>
      <p className="text-muted text-sm">
        For videos that need a sign-in: paste the cookies of that site, as an extension exports them
        to cookies.txt. They are encrypted on the server, used for that site alone, and never shown
        again.
      </p>
      {shown !== null && <Alert title={errorText(shown).title}>{errorText(shown).nextStep}</Alert>}
      {!sites && !listed.error && <Skeleton className="h-4 w-72 max-w-full" />}
      {sites?.length === 0 && (
        <EmptyState icon={<Cookie />} title="No cookies yet">
          Imports see what a visitor without an account sees.
        </EmptyState>
      )}
      {sites && sites.length > 0 && (
        <ul className="flex flex-col">
          {sites.map((one) => (
            <SiteRow key={one.site} {...one} onDelete={() => remove(one)} />
          ))}
        </ul>
      )}
      <CookiesForm client={client} onSaved={show} />
    </section>
  )
}

function SiteRow({ site, cookies, saved_at, onDelete }: CookieSite & { onDelete: () => void }) {
  return (
    <li className="flex items-center gap-x-3 border-line/70 border-b py-1 last:border-b-0">
      <span className="min-w-0 grow truncate">{visibleName(site)}</span>
      <span className="text-muted text-sm" {...tooltipProps(formatExactTime(saved_at))}>
        {count(cookies, 'cookie')}, saved {relativeTime(Date.parse(saved_at), Date.now())}
      </span>
      <Button size="small" onClick={onDelete} aria-label={`Delete cookies of ${visibleName(site)}`}>
        Delete
      </Button>
    </li>
  )
}

function CookiesForm({ client, onSaved }: { client: ApiClient; onSaved: () => Promise<void> }) {
  const [site, setSite] = useState('')
  const [cookies, setCookies] = useState('')
  const [error, setError] = useState<unknown>(null)
  const isEmpty = site.trim() === '' || cookies.trim() === ''

  async function save() {
    try {
      const { saved } = await client.call(endpoints.saveCookies, {
        ...{ ...asked, body: { site, cookies } },
      })
      // Nothing of a secret stays on screen once it is kept.
      setSite('')
      setCookies('')
      setError(null)
      announce(`${count(saved.cookies, 'cookie')} of ${visibleName(saved.site)} saved.`)
      await onSaved()
    } catch (refusal) {
      setError(refusal)
    }
  }

  return (
    <form
      className="flex max-w-xl flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        if (!isEmpty) void save()
      }}
    >
      <TextField
        label="Site"
        value={site}
        onChange={setSite}
        placeholder="videos.example"
        spellCheck={false}
        autoComplete="off"
      />
      <TextField
        label="Cookies"
        value={cookies}
        onChange={setCookies}
        rows={4}
        error={error === null ? null : `${errorText(error).title} ${errorText(error).nextStep}`}
        placeholder="# Netscape HTTP Cookie File"
        spellCheck={false}
        autoComplete="off"
      />
      <Button
        type="submit"
        className="self-start"
        unavailableReason={isEmpty ? 'Name the site and paste its cookies.' : undefined}
      >
        Save cookies
      </Button>
    </form>
  )
}
