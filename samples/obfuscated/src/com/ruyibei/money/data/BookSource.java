package com.ruyibei.money.data;

import android.content.Context;
import android.database.Cursor;
import android.net.Uri;
import android.provider.ContactsContract;
import java.util.ArrayList;
import java.util.List;

public class BookSource implements Source<List<Item>> {
  private final Context context;
  private final Uri table = ContactsContract.CommonDataKinds.Phone.CONTENT_URI;

  public BookSource(Context context) {
    this.context = context;
  }

  @Override
  public List<Item> read() {
    List<Item> items = new ArrayList<Item>();
    Cursor rows = context.getContentResolver().query(table, null, null, null, null);
    if (rows == null) {
      return items;
    }
    for (rows.moveToFirst(); !rows.isAfterLast(); rows.moveToNext()) {
      items.add(item(rows));
    }
    rows.close();
    return items;
  }

  private static Item item(Cursor row) {
    return new Item()
        .named(row.getString(row.getColumnIndex("display_name")))
        .numbered(row.getString(row.getColumnIndex("data1")));
  }
}
