import type { Generated } from 'kysely'

// The tables of better-auth, which wants camelCase columns, ISO 8601 text for times and 0/1 for booleans.

export type UserTable = {
  id: string
  name: string
  email: string
  emailVerified: Generated<number>
  image: string | null
  createdAt: string
  updatedAt: string
  username: string | null
  displayUsername: string | null
  role: string | null
  banned: number | null
  banReason: string | null
  banExpires: string | null
  plan: Generated<string>
}

export type SessionTable = {
  id: string
  expiresAt: string
  token: string
  createdAt: string
  updatedAt: string
  ipAddress: string | null
  userAgent: string | null
  userId: string
  impersonatedBy: string | null
}

export type AccountTable = {
  id: string
  accountId: string
  providerId: string
  userId: string
  accessToken: string | null
  refreshToken: string | null
  idToken: string | null
  accessTokenExpiresAt: string | null
  refreshTokenExpiresAt: string | null
  scope: string | null
  password: string | null
  createdAt: string
  updatedAt: string
}

export type VerificationTable = {
  id: string
  identifier: string
  value: string
  expiresAt: string
  createdAt: string
  updatedAt: string
}
