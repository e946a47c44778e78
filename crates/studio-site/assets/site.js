// What a page gains where scripts run. Without this file everything can still be read and heard.
import { Player } from "./player.js";
import { keys } from "./keys.js";
import { pages } from "./pages.js";

const player = new Player(document.getElementById("player"));
player.enter(document.getElementById("main"));
player.restore();
keys(player);
// The player alone, within the page of somebody else, leads nowhere.
if (!document.documentElement.classList.contains("embedded")) pages(player);
