export const hit = (x: number, y: number, seats: Seat[]) => seats.find((s) => s.box.contains(x, y));
