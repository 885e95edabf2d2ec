import { readFileSync } from "node:fs";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const tools = JSON.parse(readFileSync(new URL("./tools.json", import.meta.url), "utf8")).tools;

const server = new Server(
  { name: "yard", version: "0.9.2" },
  {
    capabilities: { tools: {} },
    instructions:
      "Planning of docks and trailers at the Venlo hub. Times are local. " +
      "Use find_slot to get free dock slots for a truck on a day (at most 10, earliest first, not for rail), " +
      "book_slot to book a slot that find_slot returned, cancel_slot to cancel a booking (fee later than 4 hours before), " +
      "move_trailer to have a yard tractor move a parked trailer. The hub is closed on {closedDays}.",
  },
);

server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
server.setRequestHandler(CallToolRequestSchema, async (req) => {
  const res = await fetch(`${process.env.YARD_URL}/${req.params.name}`, {
    method: "POST",
    body: JSON.stringify(req.params.arguments),
  });
  const text = await res.text();
  return { content: [{ type: "text", text }], isError: !res.ok };
});

await server.connect(new StdioServerTransport());
