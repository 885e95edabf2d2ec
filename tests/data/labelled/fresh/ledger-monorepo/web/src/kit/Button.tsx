export function Button(p: { label: string; onClick: () => void }) { return <button onClick={p.onClick}>{p.label}</button>; }
