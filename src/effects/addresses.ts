// Addresses with a meaning of their own: this machine, and where machines ask about themselves.

import { BlockList, isIP } from 'node:net';

/** Where machines ask about themselves; its answers contain credentials. */
const linkLocal = new BlockList();
linkLocal.addSubnet('169.254.0.0', 16, 'ipv4');
linkLocal.addSubnet('fe80::', 10, 'ipv6');
// The addresses AWS keeps for the same in IPv6, and what a NAT64 gateway would turn into the IPv4 ones.
linkLocal.addSubnet('fd00:ec2::', 32, 'ipv6');
linkLocal.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** True for an IP address no request may go to. An IPv6 zone (`%eth0`) does not hide one. */
export function isLinkLocal(address: string): boolean {
  return check(linkLocal, address);
}

/** True for an IP address of this machine. */
export function isLoopback(address: string): boolean {
  return check(loopback, address);
}

function check(list: BlockList, address: string): boolean {
  const bare = address.replace(/%.*$/, '');
  return list.check(bare, isIP(bare) === 6 ? 'ipv6' : 'ipv4');
}
