/** Set by us on every request that better-auth sees, so nobody picks his own address. */
export const clientAddressHeader = 'x-barkeep-client-address'
