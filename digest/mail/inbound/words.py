"""The words of commands: English, and those of the languages that readers write in.

Keys have no case and no accents (`commands._key`).
"""

VERBS: dict[str, str] = {
    written: verb
    for verb, words in {
        "subscribe": "subscribe, join, sign up, signup, abonnieren, anmelden, s'abonner, abonner, inscrire, suscribir,"
        " suscribirme, alta, iscriviti, iscrivimi, assinar, inscrever, aanmelden, abonneren, prenumerera, zapisz,"
        " подписаться, подписка, 登録, 購読, 订阅, 訂閱, 구독",
        "confirm": "confirm, yes, ok, bestatigen, bestatige, ja, confirmer, oui, je confirme, confirmar, confirmo, si,"
        " conferma, confermo, sim, bevestigen, bekrafta, potwierdzam, подтвердить, подтверждаю, да, 確認, はい, 确认, 確認する, 확인",
        "unsubscribe": "unsubscribe, stop, cancel, leave, remove, remove me, opt out, opt-out, optout, signoff, sign off,"
        " end, quit, abmelden, abbestellen, kundigen, stopp, austragen, se desabonner, desabonner, desinscrire,"
        " desinscription, arreter, cancelar suscripcion, darse de baja, baja, cancelar, disiscriviti, cancellami, annulla,"
        " cancelar inscricao, sair, afmelden, uitschrijven, avsluta, avprenumerera, wypisz, отписаться, стоп,"
        " 解除, 退会, 配信停止, 停止, 退订, 取消订阅, 退訂, 取消, 수신거부, 구독 취소",
        "add": "add, add topic, hinzufugen, thema, ajouter, agregar, anadir, aggiungi, adicionar, toevoegen, добавить, 追加, 添加",
        "del": "del, delete, drop, remove topic, delete topic, entfernen, loschen, supprimer, retirer, borrar, quitar,"
        " eliminar, elimina, rimuovi, remover, verwijderen, удалить, 削除, 删除",
        "topics": "topics, list, show topics, my topics, themen, sujets, temas, argomenti, onderwerpen, темы, トピック, 主题",
        "daily": "daily, every day, taglich, quotidien, tous les jours, diario, quotidiano, giornaliero, diariamente,"
        " dagelijks, ежедневно, 毎日, 每天, 每日",
        "weekdays": "weekdays, workdays, mon-fri, werktags, jours ouvrables, en semaine, dias laborables, giorni feriali,"
        " dias uteis, werkdagen, по будням, 平日, 工作日",
        "weekly": "weekly, every week, wochentlich, hebdomadaire, semanal, settimanale, semanalmente, wekelijks,"
        " еженедельно, 毎週, 每周",
        "pause": "pause, hold, suspend, vacation, pausieren, mettre en pause, pausar, pausa, pauzeren, пауза, 一時停止, 暂停",
        "resume": "resume, unpause, continue, fortsetzen, weiter, reprendre, reanudar, riprendi, retomar, hervatten,"
        " возобновить, 再開, 恢复",
        "papers": "papers, number, articles, count, artikel, articulos, articoli, artigos, статей, 論文, 论文数",
        "at": "at, send at, time, um, a, alle, a las, as, om, в, 時刻, 时间",
        "status": "status, info, my settings, settings, einstellungen, statut, parametres, estado, stato, статус, 状態, 状态",
        "why": "why, warum, pourquoi, por que, perche, waarom, почему, なぜ, 为什么",
        "help": "help, ?, commands, hilfe, aide, ayuda, aiuto, ajuda, hulp, hjalp, pomoc, помощь, ヘルプ, 帮助, 도움말",
    }.items()
    for written in (word.strip() for word in words.split(","))
}
"""Words → the name of a verb."""

FILLERS = frozenset(
    "please pls thanks thank you me my now bitte danke mich svp merci moi por favor gracias grazie obrigado dank u"
    " i want to from this list the mail mailing newsletter digest all everything 请 ください お願いします".split()
)
"""Courtesy and the like, which changes no command."""

UNITS: dict[str, int] = {
    written: days
    for days, words in {
        1: "day days d tag tage tagen jour jours dia dias giorno giorni dag dagen день дня дней 日 日間 天",
        7: "week weeks w woche wochen semaine semaines semana semanas settimana settimane weken неделя недели недель"
        " 週間 周",
        30: "month months monat monate monaten mois mes meses mese mesi maand maanden месяц месяца месяцев か月 个月",
    }.items()
    for written in words.split()
}
"""Units of time in days."""
