/**
 * A machine in a home network, as the browser of the specs knows it. By http under a name the page is no
 * secure context, as it would be under 127.0.0.1, and no network has to be there.
 */
export const lanName = 'barkeep.test'
