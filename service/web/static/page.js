// The page's own code, put together. Markup comes from the server; everything shown here is set as text.

import { Desk } from "./desk.js";
import { ModelState } from "./model.js";
import { NotesSheet } from "./notes.js";

document.documentElement.classList.add("scripted");

const sheet = new NotesSheet(document.getElementById("notes-form"));
const model = new ModelState(document.getElementById("model"), document.getElementById("reader"));
const desk = new Desk(sheet, model);

const offline = document.getElementById("offline");
const connection = () => (offline.hidden = navigator.onLine);
addEventListener("online", connection);
addEventListener("offline", connection);
connection();

model.watch();
// htmx takes the page up on this very event, and listens for it first.
document.addEventListener("DOMContentLoaded", () => desk.restore());
