export const help = `Barkeep's command line: ./barkeep in the project's folder, or its path from anywhere else.
It works on the server's data folder, also while the server runs; what it changes counts from
the next request on. Start it with the server's BARKEEP_DATA; unset, it is data/ in the project.

  ./barkeep keys create --user NAME --name TEXT [--scopes read,upload,import] [--expires 2027-01-01]
      Makes an API key and prints it, alone, on standard output. It is shown this once.
      --expires takes a day (its first second in UTC) or a time like 2027-01-01T18:00:00+01:00.
  ./barkeep keys list --user NAME
  ./barkeep keys revoke KEY_ID

  ./barkeep users create NAME [--plan pro|free]
      Makes an account and prints its password, alone, on standard output. It is shown this once.
  ./barkeep users set NAME [--plan pro|free] [--state active|banned]
      Banning ends the account's web sessions, and its keys and share links open nothing.
  ./barkeep users list

Exit codes: 0 done, 1 not done, 2 wrong usage.
`
