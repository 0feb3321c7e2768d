import * as z from 'zod/mini'

/**
 * Sign-in cookies of sites, for imports of videos: an addition of Barkeep, where `GET /api/server` names
 * `cookies`. They go in and never come out.
 */

const cookiesMaxLength = 262_144

const siteField = z
  .string()
  .check(
    z.minLength(1, 'site must name a site, such as videos.example.'),
    z.maxLength(300, 'site has at most 300 characters.'),
    z.meta({ description: 'A host, or an address on it: `videos.example`.' }),
  )

export const saveCookiesBody = z.object({
  site: siteField,
  cookies: z
    .string()
    .check(
      z.maxLength(cookiesMaxLength, 'cookies has at most 262,144 characters.'),
      z.meta({ description: 'The text of a cookies.txt (Netscape format).' }),
    ),
})

const cookieSite = z.object({
  site: z.string().check(z.meta({ description: 'The site as cookies know it, without `www`.' })),
  cookies: z.number().check(z.meta({ description: 'How many are kept.' })),
  saved_at: z.string().check(z.meta({ description: 'ISO 8601.' })),
})

export type CookieSite = z.infer<typeof cookieSite>

export const saveCookiesReply = z.object({ status: z.literal('ok'), saved: cookieSite })
export const cookiesReply = z.object({ status: z.literal('ok'), sites: z.array(cookieSite) })
export const deleteCookiesBody = z.object({ site: siteField })
