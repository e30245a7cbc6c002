/** The path of modules in a node name such as PyTorch's `/layer1/layer1.0/conv1/Conv`: without its last part. */
export function scopeOf(name: string): string {
  const end = name.lastIndexOf('/');
  if (end < 0) return '';
  return name.slice(name.startsWith('/') ? 1 : 0, Math.max(end, name.startsWith('/') ? 1 : 0));
}
