// Days as the screens write them, in Viet Nam.

/** The day `n` days from today: dd/MM/yyyy. */
export function day(n = 0) {
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Ho_Chi_Minh", day: "2-digit", month: "2-digit", year: "numeric" })
    .formatToParts(new Date(Date.now() + n * 86_400_000));
  const of = (type) => parts.find((p) => p.type === type).value;
  return `${of("day")}/${of("month")}/${of("year")}`;
}

/** This year. */
export const year = Number(day().slice(6));
